"""Every metric once: its name, labels, unit and meaning; counted per batch, only times are noted one by one."""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

# A second series for each counter and histogram, that tells when this process began.
disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs has no types
_LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

STAGE_EVENTS = Counter(
    "newsweir_stage_events_total",
    "Events that a stage settled, by outcome: published, done, dropped, retried, buried.",
    ["stage", "outcome"],
)
STAGE_CONSUMED = Counter(
    "newsweir_stage_consumed_total", "Events that a stage took in hand, those that came again counted again.", ["stage"]
)
STAGE_PUBLISHED = Counter(
    "newsweir_stage_published_total", "Events that a stage put into a stream, by stream.", ["stage", "stream"]
)
STAGE_DROPPED = Counter(
    "newsweir_stage_dropped_total",
    "Articles that a stage left out on purpose, by reason; those of the crawler are in newsweir_crawler_fetches.",
    ["stage", "reason"],
)
STAGE_BATCH_SECONDS = Histogram(
    "newsweir_stage_batch_seconds",
    "Time from reading a batch to having settled it.",
    ["stage"],
    buckets=_LATENCY_BUCKETS_S,
)
STAGE_EVENT_SECONDS = Histogram(
    "newsweir_stage_event_seconds",
    "Time from an event's being put into the stage's stream, after a failure again, to its being settled.",
    ["stage"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
)
STAGE_LAG = Gauge(
    "newsweir_stage_lag_events", "Events of the stage's stream that its group has not acknowledged.", ["stage"]
)
STAGE_IN_FLIGHT = Gauge(
    "newsweir_stage_in_flight_events",
    "Events that workers of the stage have in hand: delivered, not acknowledged.",
    ["stage"],
)
STAGE_RETRYING = Gauge(
    "newsweir_stage_retrying_events", "Events that failed and wait for their next attempt.", ["stage"]
)
STAGE_OLDEST_PENDING_SECONDS = Gauge(
    "newsweir_stage_oldest_pending_seconds",
    "Age of the oldest event that was delivered and not acknowledged.",
    ["stage"],
)
STAGE_WAITING = Gauge(
    "newsweir_stage_waiting", "1 while the stage waits for a dependency that is away, else 0.", ["stage"]
)
STAGE_PAUSED = Gauge(
    "newsweir_stage_paused", "1 while the stage pauses because most of its events fail, else 0.", ["stage"]
)
DEAD_LETTERS = Gauge("newsweir_dead_letters", "Events in the dead letters of a stage.", ["stage"])
FETCHES = Counter(
    "newsweir_crawler_fetches_total",
    "Requests of the crawler, by kind of visit and what came of them.",
    ["kind", "outcome"],
)
FETCH_SECONDS = Histogram(
    "newsweir_crawler_fetch_seconds", "Time of one request, robots.txt apart.", ["kind"], buckets=_LATENCY_BUCKETS_S
)
RESPONSES = Counter(
    "newsweir_crawler_responses_total",
    "Answers to requests for pages and doors, by class of status (2xx, 3xx, 4xx, 5xx); none: no answer, or one that "
    "was refused for its address, its size or its form.",
    ["status"],
)
VISITS_UNDER_WAY = Gauge(
    "newsweir_crawler_visits_under_way", "Visits that this crawler makes right now, each at a host of its own."
)
HOSTS = Gauge(
    "newsweir_crawler_hosts",
    "Hosts with visits that wait, by state: due (a visit could be made now) or resting (the next is due later, or "
    "politeness asks for a pause); every crawler tells of all, so take the maximum.",
    ["state"],
)
EXTRACTION_SECONDS = Histogram(
    "newsweir_crawler_extraction_seconds",
    "Time of one extraction, its wait for a worker included.",
    buckets=_LATENCY_BUCKETS_S,
)
CRAWLER_PAUSED = Gauge(
    "newsweir_crawler_paused",
    "1 while the crawler claims nothing, for the reason: high-water (enrichment is behind), memory (of the broker), "
    "state (the broker has lost what it knew of the stored articles), store (it is away, so nobody knows whether), "
    "disk (less than 5 % or 2 GB is free).",
    ["reason"],
)
LINKS_LEFT_OUT = Counter(
    "newsweir_crawler_links_left_out_total",
    "Links to articles or sitemaps that a look at a door did not take because of a cap, by which: look, host, source; "
    "a later look finds them.",
    ["cap"],
)
FRONTIER_VISITS = Gauge("newsweir_frontier_visits", "Visits that wait in the frontier, due or not.")
LLM_QUESTIONS = Counter(
    "newsweir_llm_questions_total",
    "Articles that a language model was to be asked about, by what came of it: answered, remembered, over-budget, "
    "paused (after failures), late, failed, unusable (not what was asked for), no-memory (the broker is away).",
    ["outcome"],
)
LLM_SECONDS = Histogram(
    "newsweir_llm_seconds", "Time of one request to the language model.", buckets=_LATENCY_BUCKETS_S
)
LLM_FINDINGS = Counter(
    "newsweir_llm_findings_total",
    "What language models answered, by kind, and whether the article bears it out: accepted, refused.",
    ["kind", "judgement"],
)
SOURCES = Gauge(
    "newsweir_sources",
    "Sources by how they are doing: new, failing, empty (no article yet), quiet, loud or fine; every crawler tells of "
    "all, so take the maximum.",
    ["state"],
)
SOURCE_CHANGED = Gauge(
    "newsweir_source_changed",
    "1 for a source whose daily yield has become quiet or loud against its own history; others are left out.",
    ["source", "change"],
)
ENRICHER_FAILURES = Counter(
    "newsweir_enricher_failures_total",
    "Articles on which an enricher raised, by the section that it left empty; the log has the error.",
    ["section"],
)
STORE_OUTCOMES = Counter(
    "newsweir_store_outcomes_total",
    "What became of articles in the store, by operation: put (created, updated, unchanged, stale, failed) or withdraw "
    "(withdrawn, deleted, stale, unknown).",
    ["operation", "outcome"],
)
EMBEDDING_FAILURES = Counter(
    "newsweir_embedding_failures_total",
    "Articles that went on without a vector because the model gave none; the log has the error.",
)
SEARCHABLE_SECONDS = Histogram(
    "newsweir_fetch_to_searchable_seconds",
    "Time from the fetch of an article to its being in the store.",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 300, 1800),
)
ALERTS_FIRED = Counter("newsweir_alerts_fired_total", "Alerts that found an article or a story for the first time.")
ALERT_MATCH_SECONDS = Histogram(
    "newsweir_alert_match_seconds", "Time of matching a batch against all alerts.", buckets=_LATENCY_BUCKETS_S
)
ALERT_DELIVERIES = Counter(
    "newsweir_alert_deliveries_total",
    "Attempts to deliver a notice, by kind of channel and what came of it: delivered, retrying, failed (given up).",
    ["channel", "state"],
)
REQUEST_SECONDS = Histogram(
    "newsweir_search_request_seconds",
    "Time of one HTTP request to the search service, by route and status.",
    ["route", "status"],
    buckets=_LATENCY_BUCKETS_S,
)
