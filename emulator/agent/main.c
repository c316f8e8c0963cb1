#include "agent.h"
#include "options.h"

int main(int argc, char **argv) {
    const struct options options = options_read(argc, argv);
    int status = agent_run(&options);
    options_release(&options);
    return status;
}
