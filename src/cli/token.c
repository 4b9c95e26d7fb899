/* dursor token. */

#include "cli/token.h"

#include "base/json.h"
#include "cli/command.h"
#include "identity/local.h"
#include "net/http_client.h"
#include "service/app.h"

static const char help[] =
    "usage: dursor token [--login]\n"
    "\n"
    "Prints the bearer token of the local server.\n"
    "\n"
    "  --login   ask the running server for a new address that signs a browser in\n";

static fallible login_address(Scope *s, const Settings *settings, const LocalAuth *auth,
                              const char **out)
{
    HttpClient *client;
    HttpReply reply;
    json_t *json;
    HttpCall call = {
        .method = "POST",
        .url = text(s, "http://127.0.0.1:%lld/v1/login-codes", (long long)settings->port)};

    pairs_add(s, &call.headers, "Authorization", text(s, "Bearer %s", local_token(auth)));
    TRY(http_client_open(s, &(HttpClientSettings){.user_agent = "dursor/" DURSOR_VERSION},
                         &client));
    TRY_WHILE(http_call(s, client, &call, &reply), "asking the server (is dursor serve running?)");
    TRY(http_expect(s, &call, &reply));
    TRY(json_parse(s, reply.body, &json));
    *out = text(s, "%s/login#%s\n", settings_origin(s, settings, settings->port),
                json_at_text(json, "code"));
    return OK;
}

fallible cli_token(Scope *s, int argc, char **argv)
{
    Settings *settings;
    LocalAuth *auth;
    const char *address;
    bool login = argc == 2 && text_equal(argv[1], "--login");

    if (argc == 2 && text_equal(argv[1], "--help"))
        return command_print(s, help);
    if (argc > 1 && !login)
        return fail(s, INVALID, "token does not take %s: see dursor token --help", argv[1]);
    TRY(command_settings(s, &settings));
    TRY(local_auth_open(s, app_secrets_dir(s, settings), &auth));
    if (!login)
        return command_print(s, text(s, "%s\n", local_token(auth)));
    TRY(login_address(s, settings, auth, &address));
    return command_print(s, address);
}
