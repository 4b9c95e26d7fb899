/* TLS by OpenSSL on the wire's socket, which never blocks: each step says what to wait for. */

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include "net/wire_parts.h"
#include "sys/fault.h"

/* ---- Words ---- */

/* The oldest error of OpenSSL's queue, which is its cause. */
static const char *cause(Scope *s)
{
    unsigned long code = ERR_get_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    return text_clean(s, bytes_of(reason ? reason : "no reason was given"), NULL);
}

static fallible bad_file(Scope *s, const char *what, const char *path)
{
    return fail(s, INVALID, "the file of %s, %s, cannot be used: %s", what, path, cause(s));
}

/* ---- Contexts ---- */

static fallible set_trust(Scope *s, SSL_CTX *context, const WireTlsOptions *options)
{
    SSL_CTX_set_verify(context, options->any_certificate ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    if (options->any_certificate)
        return OK;
    if (options->ca_file)
        return SSL_CTX_load_verify_file(context, options->ca_file) == 1
                   ? OK
                   : bad_file(s, "certificate authorities", options->ca_file);
    if (SSL_CTX_set_default_verify_paths(context) != 1)
        return fail(s, UNAVAILABLE, "the system's certificate authorities cannot be read: %s",
                    cause(s));
    return OK;
}

static fallible set_own(Scope *s, SSL_CTX *context, const WireTlsOptions *options)
{
    const char *key_file = options->key_file ? options->key_file : options->cert_file;

    if (!options->cert_file)
        return OK;
    if (SSL_CTX_use_certificate_chain_file(context, options->cert_file) != 1)
        return bad_file(s, "our certificate", options->cert_file);
    if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1)
        return bad_file(s, "our key", key_file);
    return OK;
}

/* A key under a passphrase is refused: asking for it on a terminal would stop the program. */
static int no_passphrase(char *out, int size, int writing, void *arg)
{
    (void)out, (void)size, (void)writing, (void)arg;
    return -1;
}

static void context_close(void *context)
{
    SSL_CTX_free(context);
}

Error *wire_tls_open(Scope *s, const WireTlsOptions *options, WireTls **out)
{
    WireTls *tls = NEW(s, WireTls);

    ERR_clear_error();
    *tls = (WireTls){.context = SSL_CTX_new(TLS_client_method()),
                     .any_name = options->any_name || options->any_certificate};
    if (!tls->context)
        return fail(s, BUG, "OpenSSL gave no context: %s", cause(s));
    scope_undo(s, context_close, tls->context);
    SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
    SSL_CTX_set_options(tls->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(tls->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                       SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(tls->context, no_passphrase);
    TRY(set_trust(s, tls->context, options));
    TRY(set_own(s, tls->context, options));
    *out = tls;
    return OK;
}

/* ---- One step ---- */

/* What the last call, which returned n, means: OK with what to wait for, or a failure. */
static fallible step(Scope *s, Wire *wire, int n, short *wait)
{
    int number = errno;
    int fault = SSL_get_error(wire->tls, n);

    if (fault == SSL_ERROR_WANT_READ || fault == SSL_ERROR_WANT_WRITE) {
        *wait = fault == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        return OK;
    }
    unsigned long first = ERR_peek_error();
    bool ended = fault == SSL_ERROR_ZERO_RETURN ||
                 ERR_GET_REASON(first) == SSL_R_UNEXPECTED_EOF_WHILE_READING ||
                 (fault == SSL_ERROR_SYSCALL && !number);
    if (ended)
        return fail(s, UNAVAILABLE, "the server closed the connection");
    if (fault == SSL_ERROR_SYSCALL)
        return fail_errno(s, number, "the connection was lost");
    return fail(s, UPSTREAM, "TLS failed: %s", cause(s));
}

Error *wire_tls_read(Scope *s, Wire *wire, Bytes room, size_t *got, short *wait)
{
    *got = 0;
    ERR_clear_error();
    errno = 0;
    int n = SSL_read_ex(wire->tls, (char *)(uintptr_t)room.data, room.size, got);
    return n == 1 ? OK : step(s, wire, n, wait);
}

Error *wire_tls_write(Scope *s, Wire *wire, Bytes bytes, size_t *sent, short *wait)
{
    *sent = 0;
    ERR_clear_error();
    errno = 0;
    int n = SSL_write_ex(wire->tls, bytes.data, bytes.size, sent);
    return n == 1 ? OK : step(s, wire, n, wait);
}

bool wire_tls_stirs(Wire *wire)
{
    char byte;
    size_t got;

    ERR_clear_error();
    int n = SSL_peek_ex(wire->tls, &byte, 1, &got);
    return n == 1 || SSL_get_error(wire->tls, n) != SSL_ERROR_WANT_READ;
}

/* ---- Beginning and end ---- */

static fallible set_name(Scope *s, Wire *wire, const WireTarget *target)
{
    const char *name = target->tls_name ? target->tls_name : target->host;
    struct in6_addr address;
    bool is_address =
        inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
    bool good = true;

    if (!is_address)
        good = SSL_set_tlsext_host_name(wire->tls, (char *)(uintptr_t)name) == 1;
    if (good && !target->tls->any_name)
        good = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(wire->tls), name) == 1
                          : SSL_set1_host(wire->tls, name) == 1;
    return good ? OK : fail(s, INVALID, "TLS cannot use the host's name: %s", cause(s));
}

/* The certificate's own fault says more than OpenSSL's "certificate verify failed". */
static fallible verify_fault(Scope *s, const Wire *wire, Error *e)
{
    long verdict = SSL_get_verify_result(wire->tls);

    if (!failed_as(e, UPSTREAM) || verdict == X509_V_OK)
        return e;
    bool name =
        verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH;
    error_drop(e, "the verdict on the certificate says it better");
    return fail(s, UPSTREAM, "TLS failed: the certificate is %s: %s",
                name ? "another host's" : "not trusted", X509_verify_cert_error_string(verdict));
}

Error *wire_tls_begin(Scope *s, Wire *wire, const WireTarget *target)
{
    short wait = 0;

    ERR_clear_error();
    wire->tls = SSL_new(target->tls->context);
    if (!wire->tls || SSL_set_fd(wire->tls, wire->fd) != 1)
        return fail(s, BUG, "OpenSSL gave no connection: %s", cause(s));
    TRY(set_name(s, wire, target));
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int n = SSL_connect(wire->tls);
        if (n == 1)
            return OK;
        TRY(verify_fault(s, wire, step(s, wire, n, &wait)));
        struct pollfd fd = {.fd = wire->fd, .events = wait};
        int ready;
        TRY(scope_poll(s, &fd, 1, -1, &ready));
    }
}

/* Says goodbye if that can be done at once. */
void wire_tls_end(Wire *wire)
{
    if (!wire->tls)
        return;
    if (SSL_is_init_finished(wire->tls))
        (void)SSL_shutdown(wire->tls);
    ERR_clear_error();
    SSL_free(wire->tls);
}
