/* schoolgate.c - main of the command line; all it does is in desk.c */
#include "schoolgate/desk.h"

int main(int argc, char **argv)
{
    return sg_desk_main(argc, argv);
}
