//go:build linux && cgo

package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An xserver is an X server whose screen is a file. It has no window manager: windows
// are at its upper left corner, and as large as they want to be.
type xserver struct {
	display string
	screen  string
}

// unavailable skips a test for want of something on this machine, or fails it where
// all of it should be there.
func unavailable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("KOMPRESS_REQUIRE_GPU") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// startXvfb returns an X server of a size in pixels that lasts for the test.
func startXvfb(t *testing.T, width, height int) *xserver {
	t.Helper()
	for _, name := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(name); err != nil {
			unavailable(t, "no windows: %v", err)
		}
	}
	requireGPU(t)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	folder := t.TempDir()
	server := exec.CommandContext(patience(t), "Xvfb", "-displayfd", "3", "-fbdir", folder, "-nocursor", "-nolisten", "tcp",
		"-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	var messages strings.Builder
	server.Stderr, server.ExtraFiles = &messages, []*os.File{write}
	err = server.Start()
	write.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
	})
	if err := read.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %v\n%s", server, err, messages.String())
	}
	return &xserver{":" + strings.TrimSpace(number), filepath.Join(folder, "Xvfb_screen0")}
}

// patience is a context that ends before that of "go test", which would leave
// processes behind.
func patience(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// xdotool does what a user's hands do.
func (x *xserver) xdotool(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hangs)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+x.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xdotool %q: %v\n%s", args, err, out)
	}
}

// screenshot returns what is on the screen.
func (x *xserver) screenshot(t *testing.T) *image.RGBA {
	t.Helper()
	file := readFile(t, x.screen) // as xwd writes it
	header := func(i int) int { return int(binary.BigEndian.Uint32(file[4*i:])) }
	width, height, stride := header(4), header(5), header(12)
	pixels := file[header(0)+12*header(19):]
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		from, to := pixels[y*stride:][:4*width], m.Pix[y*m.Stride:][:4*width]
		for i := 0; i < len(to); i += 4 {
			to[i], to[i+1], to[i+2], to[i+3] = from[i+2], from[i+1], from[i], 255
		}
	}
	return m
}
