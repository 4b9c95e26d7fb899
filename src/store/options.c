/* The database that the settings name. */

#include "store/store.h"

StoreOptions store_options(const Settings *settings)
{
    return (StoreOptions){.url = settings->database_url,
                          .direct_url = settings->database_direct_url,
                          .connections = settings->database_connections,
                          .password_file = settings->database_password_file};
}
