/* schoolgated.c - the service's main program; all it does is in parent.c and gate.c. */
#include "schoolgate/gate.h"

int main(int argc, char **argv)
{
    return sg_gate_main(argc, argv);
}
