{{/* Names, labels and what every pod of ours shares. */}}
{{- define "newsweir.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "newsweir.labels" -}}
app.kubernetes.io/name: newsweir
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "newsweir.selector" -}}
app.kubernetes.io/name: newsweir
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "newsweir.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "newsweir.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "newsweir.name" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{- define "newsweir.redisSecret" -}}{{ .Values.redis.existingSecret | default (printf "%s-redis" (include "newsweir.name" .)) }}{{- end }}
{{- define "newsweir.elasticsearchSecret" -}}{{ .Values.elasticsearch.existingSecret | default (printf "%s-elasticsearch" (include "newsweir.name" .)) }}{{- end }}

{{- define "newsweir.keda" -}}
{{- if and .Values.autoscaling.enabled .Values.redis.address (or (eq (toString .Values.autoscaling.keda) "true") (and (eq (toString .Values.autoscaling.keda) "auto") (.Capabilities.APIVersions.Has "keda.sh/v1alpha1"))) -}}true{{- end -}}
{{- end }}

{{- define "newsweir.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "newsweir.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
