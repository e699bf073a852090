/* mhd.h -- private to the room: libmicrohttpd, which is loaded when the first server starts (base/dynlib.h). */
#ifndef KC_HTTP_MHD_H
#define KC_HTTP_MHD_H

#include <microhttpd.h>

#include "base/dynlib.h"

#define MHD_FUNCTIONS(X) X(MHD_add_response_header) X(MHD_create_response_from_buffer) \
        X(MHD_create_response_from_buffer_with_free_callback) X(MHD_create_response_from_callback) \
        X(MHD_destroy_response) X(MHD_get_connection_info) X(MHD_get_connection_values_n) X(MHD_queue_response) \
        X(MHD_quiesce_daemon) X(MHD_resume_connection) X(MHD_start_daemon) X(MHD_stop_daemon) \
        X(MHD_suspend_connection)
typedef struct MhdLib {
        MHD_FUNCTIONS(DYNLIB_MEMBER)
} MhdLib;
extern MhdLib mhd_lib;
/* Before any of them. */
Status mhd_load(Diag *diag) FALLIBLE;
#define MHD_add_response_header mhd_lib.fn_MHD_add_response_header
#define MHD_create_response_from_buffer mhd_lib.fn_MHD_create_response_from_buffer
#define MHD_create_response_from_buffer_with_free_callback mhd_lib.fn_MHD_create_response_from_buffer_with_free_callback
#define MHD_create_response_from_callback mhd_lib.fn_MHD_create_response_from_callback
#define MHD_destroy_response mhd_lib.fn_MHD_destroy_response
#define MHD_get_connection_info mhd_lib.fn_MHD_get_connection_info
#define MHD_get_connection_values_n mhd_lib.fn_MHD_get_connection_values_n
#define MHD_queue_response mhd_lib.fn_MHD_queue_response
#define MHD_quiesce_daemon mhd_lib.fn_MHD_quiesce_daemon
#define MHD_resume_connection mhd_lib.fn_MHD_resume_connection
#define MHD_start_daemon mhd_lib.fn_MHD_start_daemon
#define MHD_stop_daemon mhd_lib.fn_MHD_stop_daemon
#define MHD_suspend_connection mhd_lib.fn_MHD_suspend_connection

#endif
