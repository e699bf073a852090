/* http_int.h -- private to the room: what a stream shares with the server. */
#ifndef KC_HTTP_HTTP_INT_H
#define KC_HTTP_HTTP_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"

struct HttpStream {
        pthread_mutex_t lock;
        Buf waiting;
        atomic_int refs;
        bool closed;                    /* by the writer */
        bool gone;                      /* the reader went away */
        bool suspended;                 /* the connection waits for us */
        void *connection;               /* set while it is a reply */
        void (*resume)(void *connection);
        HttpServer *server;
        HttpStream *next, *prev;        /* the server's list of open streams */
};

#endif
