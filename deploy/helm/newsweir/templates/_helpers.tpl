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
{{- $redis := .Values.redis -}}
{{- $wanted := eq (toString .Values.autoscaling.keda) "true" -}}
{{- if and $redis.sentinel.addresses (not $redis.sentinel.master) -}}
{{- fail "redis.sentinel.master: what the sentinels call the primary" -}}
{{- end -}}
{{- $known := or $redis.address $redis.sentinel.addresses -}}
{{- if and .Values.autoscaling.enabled $wanted (not $known) -}}
{{- fail "redis.address (or redis.sentinel): with autoscaling.keda=true KEDA reads the lag of streams there" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled $known (or $wanted (and (eq (toString .Values.autoscaling.keda) "auto") (.Capabilities.APIVersions.Has "keda.sh/v1alpha1"))) -}}true{{- end -}}
{{- end }}

{{/* What the autoscaler logs in with, as parameter=secret/key; nothing where nothing is to be said. */}}
{{- define "newsweir.kedaAccess" -}}
{{- $redis := .Values.redis -}}
{{- $secret := include "newsweir.redisSecret" . -}}
{{- range $parameter, $key := dict "username" $redis.usernameSecretKey "password" $redis.passwordSecretKey "sentinelUsername" $redis.sentinel.usernameSecretKey "sentinelPassword" $redis.sentinel.passwordSecretKey }}
{{- with $key }}
- {parameter: {{ $parameter }}, name: {{ $secret }}, key: {{ . }}}
{{- end }}
{{- end }}
{{- if and $redis.tls $redis.caSecret }}
- {parameter: tls, name: {{ include "newsweir.name" . }}-keda, key: tls}
- {parameter: ca, name: {{ $redis.caSecret }}, key: ca.crt}
{{- end }}
{{- end }}

{{/* Ports at which sentinels answer. */}}
{{- define "newsweir.sentinelPorts" -}}
{{- $ports := list -}}
{{- with .Values.networkPolicy.sentinelPort }}{{ $ports = append $ports (toString .) }}{{ end -}}
{{- range .Values.redis.sentinel.addresses }}{{ $ports = append $ports (splitList ":" . | last) }}{{ end -}}
{{- $ports | uniq | join " " -}}
{{- end }}

{{/* How many crawlers may run: one where their archive is on a volume that one node mounts. */}}
{{- define "newsweir.alone" -}}
{{- if and (dig "persistence" "enabled" false .) (has (dig "persistence" "accessMode" "" .) (list "ReadWriteOnce" "ReadWriteOncePod")) -}}true{{- end -}}
{{- end }}

{{/* Where the store is, and how to log in there: what services and jobs are told. */}}
{{- define "newsweir.storeEnvironment" -}}
- {name: NEWSWEIR_INDEX_PREFIX, value: {{ .root.Values.elasticsearch.indexPrefix | quote }}}
- name: ELASTICSEARCH_URL
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- with .apiKey }}
- name: NEWSWEIR_ELASTICSEARCH_API_KEY
  valueFrom: {secretKeyRef: {name: {{ $.secret }}, key: {{ . }}}}
{{- end }}
{{- if .root.Values.elasticsearch.caSecret }}
- {name: NEWSWEIR_ELASTICSEARCH_CA_FILE, value: /etc/newsweir/elasticsearch/ca.crt}
{{- end }}
{{- end }}

{{/* What every pod of ours says of itself: account, security, where it may run. */}}
{{- define "newsweir.podPlace" -}}
serviceAccountName: {{ include "newsweir.serviceAccount" . }}
automountServiceAccountToken: false
# Kubernetes would name each Service of the namespace to it, a Service called newsweir as if it were a setting.
enableServiceLinks: false
securityContext: {{- include "newsweir.podSecurity" . | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
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
