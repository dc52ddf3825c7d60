"""How each line that the pages write is tried: typed, and then with which names, or elsewhere, and then where."""

from collections.abc import Mapping

# What stands in the pages for a name of the reader's own: by the command in which it is written, "" being any.
NAMES: Mapping[str, Mapping[str, str]] = {
    "": {
        "https://news.example/business/": "{outlet}/companies/",
        "https://news.example/": "{outlet}/",
        "news.example": "{outlet}/",
        "NAME=VALUE": "language=en",
        "ARTICLE_ID": "{article}",
        "ARTICLE…": "{member}",
        "STORY": "{story}",
        "QUERY": "battery",
        "WORDS": "battery",
        "TARGET": "copy",
        "SOURCE": "copy",
        "ID": "{source}",
        "URL": "{url}",
    },
    "sources add": {"FILE": "sources.yaml", "URL": "{outlet}/"},
    "sources import": {"FILE": "feeds.opml"},
    "import": {"FILE": "articles.jsonl"},
    "extract": {"FILE": "pages.jsonl"},
    "enrich": {"FILE": "texts.jsonl"},
    "replay-warc": {"FILE…": "archive/*.warc.gz"},
    "dead-letters show": {"NAME": "{letter}"},
    "keys create": {"NAME": "reader"},
    "keys revoke": {"ID": "{key}"},
    "health": {"NAME": "indexing"},
}
# The file that a command reads from standard input where none is named.
INPUT: Mapping[str, str] = {"extract": "pages.jsonl", "enrich": "texts.jsonl", "import": "articles.jsonl"}
# A part of what the pages say that a command shows, as a pattern.
SHOWN: Mapping[str, str] = {
    "sources add news.example --dry-run": r"feed http\S+: \d+ articles, about .* a day",
    "sources add news.example": r": .*, added \(",
    "status": r"fetched \d+ · indexed [1-9]",
    "audit": r"indexed",
    "config check": r"^all settings fit$",
    "config show --changed": r"NEWSWEIR_CONTACT",
    "health": r"search: well",
    "sources check": r"next visit in",
    "search QUERY": r"published .*\n.*─",
    'search "battery -recall" --facet language=en': r"The Morning Ledger",
    "export --format jsonl": r'^{"id":',
    "export QUERY --format csv": r"^id,url,title,",
    "export --format rss": r"<rss ",
    "export QUERY --format atom": r"<feed ",
    "extract --jsonl FILE": r'"title":"A lamp"',
    "enrich --jsonl --tier full -": r'"entities":\[',
    "import FILE": r"\d imported",
    "replay-warc FILE…": r"\d+ pages read",
    "stories list WORDS": r"stor",
    "keys create NAME": r"^nw_",
    "dead-letters show NAME": r"payload",
    "knowledge check": r" 0 errors",
    "prune --dry-run": r"nothing was changed",
    "forget URL": r"store: ",
    "state rebuild": r"articles in the store",
    "sources export --format opml --output feeds.opml": r"sitemaps and listings of 1 source are left out",
}
# Typed when the run has ended, in this order: they want the data folder for themselves, or are a run of their own.
AFTERWARDS = ("backup TARGET", "restore SOURCE", "run --sources sources.yaml", "run --sources sources.yaml --prune")
# Typed over a real Elasticsearch, in this order.
ON_ELASTICSEARCH = ("reindex --prepare", "reindex --to URL", "reindex --dry-run", "reindex")
# Calls of `newsweir` that are not typed.
ELSEWHERE: Mapping[str, str] = {
    "demo": "tests/e2e/test_demo.py",
    "run --sources FILE": "as run --sources sources.yaml",
    "run --sources FILE --prune": "as run --sources sources.yaml --prune",
    "service NAME": "`newsweir run` starts each service by it",
    "service crawler": "`newsweir run` starts each service by it",
    "reindex --back": "tests/unit/services/cli/test_reindexing.py: there must be two mappings",
    "reindex --finish": "tests/unit/services/cli/test_reindexing.py: there must be two mappings",
    "dead-letters replay": "names the command, which asks for which letters; with a stage it is typed",
    "dead-letters discard": "names the command, which asks for which letters",
    "sources add": "names the command, which asks for what; with an address and with a file it is typed",
    "kibana import deploy/kibana/newsweir.ndjson": "tests/unit/services/cli/test_kibana.py, to a receiver",
}
# Other lines that are not typed, by how they begin.
OTHERS_ELSEWHERE: Mapping[str, str] = {
    "api ": "tests/integration/search/test_docs.py",
    "api() ": "tests/integration/search/test_docs.py",
    "curl -N ": "tests/integration/search/test_docs.py",
    "curl -H ": "tests/integration/search/test_docs.py",
    "curl -sI https://www.example.com/": "asks the internet",
    "helm install ": "tests/deploy/test_chart.py renders it: there is no cluster",
    "kubectl exec ": "there is no cluster",
    "docker compose exec ": "tests/deploy/test_image.py, where a Docker daemon answers, runs the image without compose",
    "docker image inspect ": "needs a Docker daemon, and the image",
    "redis-cli CONFIG SET ": "tests/deploy/test_backup.py, on a redis-server",
    "redis-cli INFO ": "tests/deploy/test_backup.py, on a redis-server",
    "cp -a /data/appendonlydir ": "tests/deploy/test_backup.py, on a redis-server",
    "redis-cli -u ": "asks a broker that listens on a port; those of tests do not",
    "PUT _snapshot/": "tests/deploy/test_backup.py, on a real Elasticsearch",
    "POST _snapshot/": "tests/deploy/test_backup.py, on a real Elasticsearch",
    "apt-get install ": "changes the machine",
    "pre-commit install": "changes the reader's clone",
    "python -m services.enrichment.knowledge_base.build": "tests/unit/services/enrichment/knowledge_base/test_build.py",
    "python -m deploy.generate": "tests/unit/test_documented.py: what it writes is what is there",
}
# Programs that sentences, too, tell a reader to call.
PROGRAMS = ("curl", "df", "docker", "helm", "kubectl", "pip", "pre-commit", "python", "redis-cli", "apt-get")
# What blocks show beside what is typed, by how it begins.
NOT_TYPED = ("{", '"', "webhook-", "knowledge.yaml:", "│", "└", "sources ─")
# Targets of the Makefile, of which `make -n` says what they would do.
LONG: Mapping[str, str] = {
    "test": "the gate",
    "lint": "the gate",
    "test-ui": "the gate",
    "test-all": "the gate",
    "test-deploy": "the gate",
    "eval": "the gate",
    "chaos-short": "the gate",
    "demo": "tests/e2e/test_demo.py",
    "elasticsearch": "the gate starts one by the same script",
    "audit": "asks the package index",
    "docs": "fetches what builds pages",
    "screenshots": "changes the pictures of the pages",
    "chaos": "minutes",
    "soak": "an hour",
    "fuzz": "minutes",
    **dict.fromkeys(("eval-extraction", "eval-feeds", "eval-relations", "eval-robots"), "a part of eval"),
    **dict.fromkeys(("eval-search", "eval-stories", "eval-enrichment"), "a part of eval"),
    **dict.fromkeys(("bench", "bench-alerts", "bench-bus", "bench-crawl", "bench-frontier", "bench-growth"), "minutes"),
    **dict.fromkeys(("bench-pipeline", "bench-placing", "bench-profile", "bench-scale", "bench-search"), "minutes"),
    **dict.fromkeys(("bench-startup", "bench-traces"), "minutes"),
}
