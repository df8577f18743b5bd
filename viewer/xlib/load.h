#include <stddef.h>

// xlib_load fills xlib_slots from libX11. If it cannot, it changes none of
// them, writes why into reason and returns nonzero.
int xlib_load(char *reason, size_t size);
