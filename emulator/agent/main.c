#include "agent.h"
#include "options.h"

static struct options options; /* for the life of the process */

int main(int argc, char **argv) {
    options = options_read(argc, argv);
    int status = agent_run(&options);
    options_release(&options);
    return status;
}
