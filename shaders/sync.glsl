// sync waits for the whole work group and makes what it wrote to shared memory
// visible to all of it.
void sync() {
	memoryBarrierShared();
	barrier();
}
