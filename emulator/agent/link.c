#include "link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void link_open(struct link *link, int fd) {
    link->fd = fd;
    link->unsent_bytes = 0;
    line_buffer_reset(&link->lines);
}

void link_close(struct link *link) {
    if (link->fd >= 0) {
        close(link->fd);
    }
    link->fd = -1;
    link->unsent_bytes = 0;
}

static void flush_unsent(struct link *link) {
    while (link->unsent_bytes > 0) {
        ssize_t sent = send(link->fd, link->unsent, link->unsent_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) {
            return; /* full, or gone: reading finds out which */
        }
        link->unsent_bytes -= (size_t) sent;
        memmove(link->unsent, link->unsent + sent, link->unsent_bytes);
    }
}

bool link_send(struct link *link, const char *line, size_t length) {
    if (link->fd < 0 || length + 1 > LINK_UNSENT - link->unsent_bytes) {
        return false;
    }
    memcpy(link->unsent + link->unsent_bytes, line, length);
    link->unsent[link->unsent_bytes + length] = '\n';
    link->unsent_bytes += length + 1;
    flush_unsent(link);
    return true;
}

short link_events(const struct link *link) {
    return (short) (POLLIN | (link->unsent_bytes > 0 ? POLLOUT : 0));
}

bool link_serve(struct link *link, short found, line_handler handler, void *context) {
    if (found & POLLOUT) {
        flush_unsent(link);
    }
    if ((found & (POLLIN | POLLHUP | POLLERR)) == 0) {
        return true;
    }
    char block[4096];
    ssize_t count = recv(link->fd, block, sizeof block, MSG_DONTWAIT);
    if (count > 0) {
        line_buffer_feed(&link->lines, block, (size_t) count, handler, context);
        return true;
    }
    return count < 0 && (errno == EINTR || errno == EAGAIN);
}
