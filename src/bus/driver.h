/* What a bus is made of; for the files of this folder only. */
#pragma once

#include "bus/bus.h"
#include "sys/thread.h"

struct Bus {
    Mutex mutex;
    Subscription *first;
    void (*tell)(void *own,
                 const char *topic); /* the other processes; NULL: there are none to tell */
    void *own;                       /* the driver's */
};

typedef struct BusDriver {
    const char *scheme; /* with which its URL begins */
    fallible (*open)(Scope *s, const BusOptions *options, Bus *bus);
} BusDriver;

extern const BusDriver local_bus, store_bus, redis_bus, rediss_bus;

/* Wakes the subscriptions of this process; NULL wakes all of them for everything. */
void bus_wake(Bus *bus, const char *topic);
/* Also serves the processes on one SQLite file. */
fallible local_bus_open(Scope *s, const BusOptions *options, Bus *bus);
