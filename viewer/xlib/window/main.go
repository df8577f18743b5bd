//go:build linux && cgo

// Window is the least program that draws with GLFW and go-gl, and clusters on the
// GPU in its window's context. Xlib's tests run it. It says how far it got:
//
//	xlib: ERROR      there is no libX11
//	no display       nor an X server
//	drawn: VERSION   all is well, with this OpenGL
//
// All three are a success. With the argument "unloaded" it goes ahead without
// xlib.Load, which is to end it.
package main

import (
	"fmt"
	"log"
	"os"
	"runtime"

	"github.com/go-gl/gl/v4.3-core/gl"
	"github.com/go-gl/glfw/v3.3/glfw"

	"kompress/gpu"
	"kompress/kmeans/enginetest"
	"kompress/viewer/xlib"
)

// #cgo linux LDFLAGS: -Wl,--as-needed
import "C"

func init() { runtime.LockOSThread() } // GLFW is for the main thread only

func main() {
	log.SetFlags(0)
	if len(os.Args) == 2 && os.Args[1] == "unloaded" {
		log.Fatal("survived: ", glfw.Init())
	}
	if err := xlib.Load(); err != nil {
		fmt.Println("xlib:", err)
		return
	}
	if os.Getenv("DISPLAY") == "" { // glfw.Init does not mind, and what follows it panics
		fmt.Println("no display")
		return
	}
	if err := draw(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("drawn:", gl.GoStr(gl.GetString(gl.VERSION)))
}

// draw opens a hidden window, fills a pixel with a colour and checks it.
func draw() error {
	if err := open(); err != nil {
		return err
	}
	if err := gl.InitWithProcAddrFunc(glfw.GetProcAddress); err != nil {
		return fmt.Errorf("OpenGL: %w", err)
	}
	want := [4]uint8{51, 102, 153, 255}
	if got := fill(want); got != want {
		return fmt.Errorf("pixel is %v, want %v (OpenGL error %#x)", got, want, gl.GetError())
	}
	return cluster()
}

// cluster runs the conformance suite in the window's context, which it leaves as
// it was: the pixel is drawn once more.
func cluster() error {
	e, err := gpu.OpenCurrent(glfw.GetProcAddress, gpu.Options{})
	if err != nil {
		return err
	}
	if err := enginetest.Check(e); err != nil {
		return err
	}
	if err := enginetest.CheckClose(e); err != nil {
		return err
	}
	for name := uint32(1); name < 1000; name++ {
		if gl.IsBuffer(name) || gl.IsProgram(name) {
			return fmt.Errorf("buffer or program %d is left", name)
		}
	}
	want := [4]uint8{3, 2, 1, 255}
	if got := fill(want); got != want {
		return fmt.Errorf("after the engine was closed a pixel is %v, want %v", got, want)
	}
	return nil
}

// open makes the context of a hidden window the current one.
func open() error {
	if err := glfw.Init(); err != nil {
		return fmt.Errorf("GLFW: %w", err)
	}
	glfw.WindowHint(glfw.Visible, glfw.False)
	glfw.WindowHint(glfw.ContextVersionMajor, 4)
	glfw.WindowHint(glfw.ContextVersionMinor, 3)
	glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
	window, err := glfw.CreateWindow(64, 64, "kompress", nil, nil)
	if err != nil {
		return fmt.Errorf("window: %w", err)
	}
	window.MakeContextCurrent()
	return nil
}

// fill clears a buffer to a colour and returns a pixel of it. The buffer is not
// the window's, for a hidden window need not have any pixels.
func fill(c [4]uint8) (pixel [4]uint8) {
	var buffer, frame uint32
	gl.GenRenderbuffers(1, &buffer)
	gl.BindRenderbuffer(gl.RENDERBUFFER, buffer)
	gl.RenderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, 1, 1)
	gl.GenFramebuffers(1, &frame)
	gl.BindFramebuffer(gl.FRAMEBUFFER, frame)
	gl.FramebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, buffer)
	gl.ClearColor(float32(c[0])/255, float32(c[1])/255, float32(c[2])/255, float32(c[3])/255)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	gl.ReadPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(&pixel[0]))
	return pixel
}
