//go:build cgo

// go-gl/gl names this function of libGL in gl.Init, which this program never
// calls: it would have to have libGL to start. With the name defined here, and
// linked as needed, it has not.
__attribute__((weak, visibility("hidden"))) void *glXGetProcAddress(const unsigned char *name) {
	(void)name;
	return 0;
}
