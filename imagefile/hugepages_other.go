//go:build !linux

package imagefile

func inHugePages([]uint8) {}
