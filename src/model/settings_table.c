/* The table of settings: what each is called, may be, is by itself, and is for. A row whose preset
 * depends on others has none here; settings.c gives it (see derive). */

#include "base/json.h"
#include "model/settings.h"

const Name log_format_names[] = {{LOG_FORMAT_TEXT, "text"}, {LOG_FORMAT_JSON, "json"}, {0}};

const Name auth_mode_names[] = {{AUTH_LOCAL, "local"}, {AUTH_ENTRA, "entra"}, {0}};

const Name git_credentials_names[] = {
    {GIT_CREDENTIALS_NONE, "none"}, {GIT_CREDENTIALS_USER, "user"}, {0}};

#define NUMBER(m, least_, most_, preset_, about_)                                                  \
    FIELD(Settings, m, REQUIRED, .preset = preset_, .least = least_, .most = most_, .about = about_)
#define TEXT(m, preset_, about_)                                                                   \
    FIELD(Settings, m, 0, .preset = preset_, .most = SETTING_TEXT_MAX, .about = about_)
#define FLAG(m, preset_, about_) FIELD(Settings, m, REQUIRED, .preset = preset_, .about = about_)
#define CHOICE(m, names_, preset_, about_)                                                         \
    ENUM(Settings, m, names_, REQUIRED, .preset = preset_, .about = about_)
#define TEXTS(m, about_) FIELD(Settings, m, 0, .most = SETTING_TEXT_MAX, .about = about_)
#define KEY(m, flags_, about_)                                                                     \
    FIELD(Settings, m, SECRET | (flags_), .most = SETTING_TEXT_MAX, .about = about_)
#define MODEL(m, preset_, about_)                                                                  \
    FIELD(Settings, m, UNPREFIXED, .preset = preset_, .most = SETTING_TEXT_MAX, .about = about_)

const Type settings_type = TYPE(
    Settings, "The settings of a process.",
    TEXT(host, "localhost",
         "Address to listen on; localhost is 127.0.0.1 and ::1. With DURSOR_AUTH=local it must be"
         " loopback."),
    NUMBER(port, 0, 65535, "8000", "Port to listen on; 0 takes any free one."),
    FLAG(debug, "false", "Log more: DURSOR_LOG_LEVEL is debug unless it is set."),
    TEXT(log_level, "INFO", "Least level that is logged: DEBUG, INFO, WARNING or ERROR."),
    CHOICE(log_format, log_format_names, "text", "Log lines for people, or as JSON."),
    CHOICE(auth, auth_mode_names, "local",
           "Who may come in: the one user of this machine, or a Microsoft Entra tenant."),
    TEXTS(allowed_origins, "Origins of other pages that may call the API, separated by commas."),
    TEXTS(allowed_hosts, "Names by which browsers may address the server, separated by commas;"
                         " loopback names always may."),
    TEXT(public_url, NULL,
         "Address under which browsers find the server, when it is another than its own: behind a"
         " front door that ends TLS. With https:// the cookie is sent over TLS only."),
    TEXT(api_url, NULL, "Address of the API that dursor web passes requests on to."),
    TEXT(health_host, "localhost",
         "Address at which dursor worker answers /healthz and /readyz, and nothing else."),
    NUMBER(health_port, 0, 65535, "0", "Port for the same; 0 takes any free one."),
    NUMBER(drain_seconds, 0, 600, "0",
           "How long a server that was asked to stop goes on answering while /readyz says that it"
           " stops, so that what is before it sends nothing more."),

    TEXT(base_dir, NULL, "Folder that holds data and workspaces. Unset: each has its own place."),
    TEXT(data_dir, NULL,
         "Folder of database, key and files. By itself $XDG_STATE_HOME/dursor, or"
         " ~/.local/state/dursor."),
    TEXT(workspaces_dir, NULL,
         "Folder of repositories and working trees. By itself workspaces in the data folder."),
    TEXT(database_url, NULL,
         "sqlite:///PATH or postgresql://USER@HOST/NAME. By itself dursor.db in the data folder."),
    TEXT(database_direct_url, NULL,
         "The same PostgreSQL without a pooler between, for LISTEN and migrations."),
    TEXT(database_password_file, NULL,
         "File with the PostgreSQL password or token, read for each new connection."),
    NUMBER(database_connections, 1, 200, "10", "PostgreSQL connections of this process, at most."),
    TEXT(queue_url,
         "store:", "What wakes the workers: store:, celery+redis:// or celery+rediss://."),
    TEXT(bus_url, NULL,
         "What carries news between processes: local:, store:, redis:// or rediss://. By itself"
         " store: on PostgreSQL, else local:."),
    TEXT(cache_url, "local:",
         "Where processes count their limits together: local: (each its own), redis:// or "
         "rediss://."),
    TEXT(blob_url, NULL,
         "Where large files live: file:///PATH or azblob://ACCOUNT. By itself blobs in the data"
         " folder."),
    TEXT(secrets_url, "env:",
         "Where secrets come from: env: (environment, then the data folder) or keyvault://NAME."),
    KEY(encryption_key, 0,
        "Secret under which stored keys are sealed. Unset: made at the first start, in the data"
        " folder."),

    NUMBER(worker_concurrency, 1, 250, "8", "Runs that one process works on at once."),
    NUMBER(lease_seconds, 2, 3600, "30", "How long a job belongs to its worker without renewal."),
    NUMBER(lease_renew_seconds, 1, 1800, "10",
           "How often a lease is renewed; at most half of DURSOR_LEASE_SECONDS."),
    NUMBER(job_tries, 1, 100, "3", "How often a job that failed for a passing reason is tried."),
    NUMBER(run_seconds, 10, 86400, "3600", "The longest that one run may take."),
    NUMBER(shutdown_grace_seconds, 0, 3600, "25",
           "How long work may go on after a request to stop, before it is handed back."),

    NUMBER(
        keep_events_days, 0, 36500, "0",
        "Days for which events and logs of runs are kept after their end; 0: for ever. PostgreSQL"
        " removes them by the month, so some are kept up to a month longer."),
    NUMBER(keep_jobs_days, 1, 3650, "7", "Days for which jobs that ended well are kept."),
    NUMBER(keep_dead_jobs_days, 0, 3650, "0", "The same for dead letters; 0: for ever."),
    NUMBER(keep_intents_days, 0, 3650, "90",
           "Days for which it is remembered what was done at a forge; 0: for ever."),
    NUMBER(keep_deliveries_days, 1, 3650, "40",
           "Days for which a webhook's delivery is known again; GitHub can repeat one for thirty."),
    NUMBER(keep_shares_days, 1, 3650, "30", "Days for which links that ended stay in the list."),
    NUMBER(keep_news_minutes, 5, 43200, "60",
           "Minutes after which a page that comes back reads everything again, not what changed."),

    NUMBER(user_requests_per_minute, 0, 10000000, "0",
           "Requests that a person may make in a minute; 0: without limit."),
    NUMBER(tenant_requests_per_minute, 0, 10000000, "0", "The same for all of a tenant together."),

    NUMBER(http_workers, 1, 64, "3",
           "Requests that are worked on at once. Unless set, over PostgreSQL one a connection."),
    NUMBER(http_connections, 16, 100000, "1000", "Connections at once, streams not counted."),
    NUMBER(http_streams, 1, 100000, "10000", "Event streams at once."),
    NUMBER(http_queue, 1, 100000, "256", "Requests that wait for a worker; more are answered 503."),
    NUMBER(http_header_bytes, 1024, 1048576, "16384", "Size of a request's line and headers."),
    NUMBER(http_body_bytes, 1024, 67108864, "4194304", "Size of a request's body."),
    NUMBER(http_header_seconds, 1, 600, "10", "Time for a request's headers to arrive."),
    NUMBER(http_body_seconds, 1, 3600, "30", "Time for a request's body to arrive."),
    NUMBER(request_seconds, 1, 3600, "30", "Time to answer a request."),
    NUMBER(json_depth, 4, JSON_DEPTH_MAX, "32", "Nesting of a JSON body."),
    NUMBER(stream_buffer_bytes, 16384, 16777216, "1048576",
           "Bytes that wait for a slow reader of a stream before it is cut off."),
    NUMBER(stream_heartbeat_seconds, 1, 600, "10", "How often a silent stream says that it lives."),
    NUMBER(stream_rotate_seconds, 10, 86400, "200",
           "When a stream asks to be opened anew, before something between cuts it."),
    NUMBER(run_log_lines, 0, 100000, "1000", "Log lines inside the answer that shows a run."),
    NUMBER(run_log_mb, 1, 4096, "64", "MiB of log that one run may leave; the rest is left out."),
    FLAG(share_links, "false",
         "Whether links may be made that show a run, read-only, to whoever has them, until they "
         "expire"
         " or are revoked."),

    KEY(git_token, 0, "Token for https addresses of DURSOR_GIT_TOKEN_HOST."),
    TEXT(git_token_host, "github.com", "The one host that DURSOR_GIT_TOKEN is sent to."),
    CHOICE(git_credentials, git_credentials_names, "none",
           "Whether clone and fetch may use the credential helper and ssh agent of the user who"
           " started dursor. `dursor run` takes user unless it is set."),
    FLAG(git_allow_file, NULL,
         "Whether local paths and file:// may be repositories. By itself true with"
         " DURSOR_AUTH=local, else false."),
    NUMBER(git_seconds, 5, 86400, "1800", "The longest that one clone, fetch or push may take."),
    TEXT(git_author_name, "dursor", "Author of commits, where the repository is no local path."),
    TEXT(git_author_email, "dursor@localhost", "The author's e-mail address."),
    TEXT(branch_prefix, "dursor", "What names of run branches begin with, before the '/'."),
    NUMBER(disk_floor_mb, 0, 1048576, "1024", "MiB of free disk below which new runs wait."),

    TEXT(github_api_url, "https://api.github.com",
         "Address of GitHub's REST API; of an Enterprise server https://HOST/api/v3."),
    TEXT(github_app_id, NULL,
         "Id of a GitHub App for repositories, pushes and pull requests. Without one,"
         " DURSOR_GIT_TOKEN serves."),
    KEY(github_app_private_key, 0, "Private key of the App: PEM, or base64 of it."),
    TEXT(github_app_installation_id, NULL,
         "Installation of the App for owners that have none of their own; unset: found by owner."),
    KEY(webhook_secret, 0,
        "Secret that GitHub signs deliveries to /v1/webhooks/github with; unset: all are refused."),

    TEXT(proxy_url, NULL, "Proxy for git and models: http://, https:// or socks5h://HOST:PORT."),
    TEXT(no_proxy, "localhost,127.0.0.1,::1", "Hosts reached without the proxy."),
    TEXT(ca_file, NULL, "PEM file of certificate authorities to trust instead of the system's."),

    KEY(openai_api_key, UNPREFIXED, "Key of OpenAI; alone it is enough to use it."),
    MODEL(openai_model, "gpt-6-sol", "Model that the key of OpenAI offers."),
    MODEL(openai_base_url, "https://api.openai.com/v1",
          "Address of OpenAI, or of anything that speaks its protocol."),
    KEY(anthropic_api_key, UNPREFIXED, "Key of Anthropic; alone it is enough to use it."),
    MODEL(anthropic_model, "claude-sonnet-5", "Model that the key of Anthropic offers."),
    MODEL(anthropic_base_url, "https://api.anthropic.com", "Address of Anthropic."),
    KEY(gemini_api_key, UNPREFIXED, "Key of Google Gemini; alone it is enough to use it."),
    MODEL(gemini_model, "gemini-3.8-flash", "Model that the key of Gemini offers."),
    MODEL(gemini_base_url, "https://generativelanguage.googleapis.com", "Address of Gemini."),
    NUMBER(llm_concurrency, 1, 256, "8", "Calls at once with one key."),
    NUMBER(llm_calls_per_minute, 0, 1000000, "0",
           "Calls a minute with one key; more wait for their turn. 0: without limit."),
    NUMBER(llm_tries, 1, 20, "5", "How often a call that failed for a passing reason is made."),
    NUMBER(llm_connect_seconds, 1, 600, "10", "Time for a model's server to accept a connection."),
    NUMBER(llm_first_byte_seconds, 1, 3600, "120", "Time until an answer begins."),
    NUMBER(llm_idle_seconds, 1, 3600, "120", "Silence within an answer before it counts as dead."),
    NUMBER(llm_total_seconds, 1, 86400, "1800", "The longest that one answer may take."),
    TEXT(llm_prices_file, NULL,
         "JSON file of prices, in the form of data/prices.json, that go before the built-in ones."),
    NUMBER(agent_turns, 1, 100, "12", "Turns of one run with its model, repairs included."),
    NUMBER(agent_context_tokens, 1000, 10000000, "60000", "Tokens of files shown to the model."),
    NUMBER(agent_output_tokens, 256, 1000000, "32000", "Tokens of one answer, at most."));
