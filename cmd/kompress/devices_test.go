package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"kompress/gpu"
)

func TestDevices(t *testing.T) {
	checkFails(t, kompress(t, "devices", "x"), exitUsage, "devices: got x")
	requireGPU(t)
	if r := kompress(t, "devices"); r.code != exitDone || !strings.HasPrefix(r.stdout, "1: ") || !strings.Contains(r.stdout, "auto ") {
		t.Errorf("got status %d, %q and %q", r.code, r.stdout, r.stderr)
	}
	r := kompress(t, "devices", "--json")
	var first deviceReport
	if err := json.NewDecoder(strings.NewReader(r.stdout)).Decode(&first); err != nil || first.Number != 1 || first.Why == "" {
		t.Errorf("got %q and error %v", r.stdout, err)
	}
}

func TestDevicesText(t *testing.T) {
	limits := gpu.Limits{BlockBytes: 2 << 30, Groups: [3]int{7, 8, 9}, GroupSize: [3]int{4, 5, 6}, Threads: 1536, SharedBytes: 48 << 10}
	devices := []gpu.Device{
		{Number: 1, Platform: "device", Path: "/dev/dri/card7", Problem: "eglInitialize: EGL error 0x3001"},
		{Number: 2, Platform: "device", Renderer: "Soft", Vendor: "V", Version: "4.5 X", Driver: "X", GLSL: "4.50", Software: true, Limits: limits},
		{Number: 3, Platform: "device", Renderer: "Hard", Vendor: "V", Version: "4.6 Y", Driver: "Y", GLSL: "4.60", Memory: 140 << 30, Free: 9 << 30, Limits: limits},
		{Number: 4, Platform: "surfaceless", Renderer: "Other", Free: 512 << 20, Limits: limits},
	}
	var b bytes.Buffer
	if err := listDevices(&b, devices, false); err != nil {
		t.Fatal(err)
	}
	want := `N: (unknown)
   reached by    EGL, device platform /dev/dri/card7
   auto          no: it cannot be used: eglInitialize: EGL error 0x3001
2: Soft
   vendor        V
   driver        X
   version       OpenGL 4.5 X, GLSL 4.50
   kind          software renderer, on the CPU
   reached by    EGL, device platform
   memory        the driver does not tell
   storage block 2048 MiB at most
   work groups   7 x 8 x 9
   work group    1536 threads, 4 x 5 x 6, sharing 48 KiB
   auto          no: a software renderer, slower than the CPU engine
3: Hard
   vendor        V
   driver        Y
   version       OpenGL 4.6 Y, GLSL 4.60
   reached by    EGL, device platform
   memory        140 GiB, 9216 MiB of it free
   storage block 2048 MiB at most
   work groups   7 x 8 x 9
   work group    1536 threads, 4 x 5 x 6, sharing 48 KiB
   auto          yes: from ` + pixelsText(leastPixels(false)) + ` in all, for images from ` + pixelsText(leastPixels(true)) + `
4: Other
   vendor        
   driver        
   version       OpenGL , GLSL 
   reached by    EGL, surfaceless platform
   memory        512 MiB free
   storage block 2048 MiB at most
   work groups   7 x 8 x 9
   work group    1536 threads, 4 x 5 x 6, sharing 48 KiB
   auto          no: an earlier one is taken
`
	if got := b.String(); got != strings.Replace(want, "N:", "1:", 1) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
