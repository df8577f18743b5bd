//go:build linux && cgo

package gpu

import (
	"errors"
	"strings"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"

	"github.com/go-gl/gl/v4.3-core/gl"
)

func isOutOfMemory(err error) bool { return errors.Is(err, ErrOutOfMemory) }

func TestShaderThatDoesNotCompile(t *testing.T) {
	e := openForTest(t, Options{Debug: true, edit: func(stage, source string) string {
		if stage == "assign" {
			source += "\nnonsense here;\n"
		}
		return source
	}})
	if err := e.Load([]kmeans.Point{{1}}, []uint32{1}); err != nil {
		t.Fatal(err)
	}
	err := e.Assign(make([]uint8, 1), []kmeans.Point{{1}})
	for _, want := range []string{"stage assign", "syntax error", e.Device().Renderer} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
	if errors.Is(err, ErrUnavailable) || errors.Is(err, ErrLost) {
		t.Errorf("got error %v, which hides a broken shader", err)
	}
	if err := e.Lloyd(make([]kmeans.Sum, 1), []kmeans.Point{{1}}, 1); err != nil {
		t.Errorf("after the error: %v", err)
	}
}

func TestErrorsOfOpenGLNameTheCall(t *testing.T) {
	e := openForTest(t, Options{Debug: true})
	err := e.do(func(t *thread) error {
		gl.BindBuffer(0xbad, 1)
		t.check("glBindBuffer")
		gl.Enable(0xbad)
		t.check("glEnable")
		return nil
	})
	for _, want := range []string{"gpu: glBindBuffer: invalid enum"} {
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "glEnable") {
			t.Errorf("got error %v, want %q and no later one", err, want)
		}
	}
	if err := e.do(func(*thread) error { return nil }); err != nil {
		t.Errorf("got error %v after the error was taken", err)
	}
}

// A message of high severity is an error though the call had none; others are not.
func TestDebugMessages(t *testing.T) {
	e := openForTest(t, Options{Debug: true})
	say := func(severity uint32) error {
		return e.do(func(t *thread) error {
			const text = "the GPU is on fire"
			gl.DebugMessageInsert(gl.DEBUG_SOURCE_APPLICATION, gl.DEBUG_TYPE_OTHER, 7, severity, int32(len(text)), gl.Str(text+"\x00"))
			t.check("glDispatchCompute")
			return nil
		})
	}
	if err := say(gl.DEBUG_SEVERITY_HIGH); err == nil || err.Error() != "gpu: glDispatchCompute: the GPU is on fire" {
		t.Errorf("got error %v", err)
	}
	long := strings.Repeat("long ", 600)
	err := e.do(func(t *thread) error {
		gl.DebugMessageInsert(gl.DEBUG_SOURCE_APPLICATION, gl.DEBUG_TYPE_OTHER, 7, gl.DEBUG_SEVERITY_HIGH, int32(len(long)), gl.Str(long+"\x00"))
		t.check("glFlush")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(long)) {
		t.Errorf("got error %v, want all of a long message", err)
	}
	for _, severity := range []uint32{gl.DEBUG_SEVERITY_MEDIUM, gl.DEBUG_SEVERITY_LOW, gl.DEBUG_SEVERITY_NOTIFICATION} {
		if err := say(severity); err != nil {
			t.Errorf("severity %#x: got error %v, want none", severity, err)
		}
	}
}

func TestOutOfMemory(t *testing.T) {
	e := openForTest(t, Options{})
	b := new(buffer)
	err := e.do(func(t *thread) error {
		t.grow(b, 1<<60)
		return nil
	})
	if !isOutOfMemory(err) || !strings.Contains(err.Error(), "glBufferData") {
		t.Errorf("got error %v, want %v of glBufferData", err, ErrOutOfMemory)
	}
	err = e.do(func(t *thread) error {
		t.grow(b, 1<<10)
		t.clear(b, 1<<10)
		return nil
	})
	if err != nil || b.size != 1<<10 {
		t.Errorf("got %d bytes and error %v after that, want %d", b.size, err, 1<<10)
	}
	checkPass(t, e, translucent(20, 20))
}

// An image without room on the device is sent for each pass, also where a driver
// only tells when the memory is used.
func TestNoRoomForPixels(t *testing.T) {
	for _, call := range []string{"glBufferData", "glDispatchCompute"} {
		e := openForTest(t, Options{})
		opened, err := e.Open(translucent(30, 30))
		if err != nil {
			t.Fatal(err)
		}
		p := opened.(*pixels)
		failed := false
		e.thread.fail = func(c string) error {
			if c != call || failed || p.bands == nil {
				return nil
			}
			failed = true
			return ErrOutOfMemory
		}
		c, err := p.Count(t.Context())
		if err != nil || c.Pixels() != 900 || !failed || p.bands != nil {
			t.Errorf("%s: got error %v and %d bands, want none of either", call, err, len(p.bands))
		}
	}
}

// Pixels that could not be sent are sent by the next call.
func TestCountAgainAfterAnError(t *testing.T) {
	e := openForTest(t, Options{mapEachTime: true})
	m := translucent(30, 30)
	want, _, _ := pass(t, new(quantize.CPU), m)
	for _, call := range []string{"glBufferData", "glMapBufferRange", "glCopyBufferSubData", "glFenceSync"} {
		for skip := range 3 {
			p, err := e.Open(m)
			if err != nil {
				t.Fatal(err)
			}
			left := skip
			e.thread.fail = func(c string) error {
				if c == call {
					left--
				}
				if c == call && left == -1 {
					return errors.New("wrong")
				}
				return nil
			}
			p.Count(t.Context()) // may fail
			e.thread.fail = nil
			c, err := p.Count(t.Context())
			if err != nil || c.Distinct() != len(want) {
				t.Errorf("after %s failed: got %v and error %v, want %d colours", call, c, err, len(want))
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// What is being read when a call fails does not arrive later: it is no one's.
func TestNothingArrivesAfterAnError(t *testing.T) {
	e := openForTest(t, Options{})
	arrived := false
	wrong := errors.New("wrong")
	err := e.do(func(t *thread) error {
		t.grow(&e.index, 1<<10)
		t.read(&e.down, &e.index, 0, 1<<10, func([]uint8) { arrived = true })
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Errorf("got error %v, want %v", err, wrong)
	}
	if err := everyMethod(e, translucent(40, 40)); err != nil || arrived {
		t.Errorf("got error %v; data arrived: %t", err, arrived)
	}
}

// Wherever a call fails, in whatever method, its error comes out, and the engine
// works on.
func TestEveryCallMayFail(t *testing.T) {
	e := openForTest(t, Options{})
	m := translucent(40, 40)
	wrong := errors.New("wrong")
	for fail := 0; ; fail += 5 { // every one takes long and shows no more
		calls, failed := 0, ""
		err := e.do(func(t *thread) error {
			t.fail = func(call string) error {
				if calls++; calls == fail+1 {
					failed = call
					return wrong
				}
				return nil
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = everyMethod(e, m)
		e.thread.fail = nil
		if failed == "" {
			if err != nil {
				t.Errorf("got error %v, want none", err)
			}
			break
		}
		if !errors.Is(err, wrong) || !strings.Contains(err.Error(), failed) {
			t.Fatalf("call %d, %s, fails: got error %v", fail, failed, err)
		}
		if err := everyMethod(e, m); err != nil {
			t.Fatalf("after call %d, %s, failed: %v", fail, failed, err)
		}
	}
}

func TestDeviceNumbers(t *testing.T) {
	openForTest(t, Options{})
	devices, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range devices {
		t.Logf("%+v", d)
		if d.Number != i+1 {
			t.Errorf("got number %d in place %d", d.Number, i)
		}
		if d.Problem != "" {
			continue
		}
		if e := openForTest(t, Options{Device: d.Number}); e.Device().Renderer != d.Renderer || e.Device().Number != d.Number {
			t.Errorf("got %+v, want %+v", e.Device(), d)
		}
	}
	for _, n := range []int{-1, len(devices) + 1} {
		if _, err := Open(Options{Device: n}); err == nil || errors.Is(err, ErrUnavailable) {
			t.Errorf("device %d: got error %v, want one of a wrong number", n, err)
		}
	}
}

func TestTimes(t *testing.T) {
	e := openForTest(t, Options{Timed: true})
	if err := everyMethod(e, translucent(40, 40)); err != nil {
		t.Fatal(err)
	}
	times := e.Times()
	for _, stage := range []string{"count", "accumulate", "update", "assign", "map"} {
		if times[stage] <= 0 {
			t.Errorf("got %v for stage %s", times[stage], stage)
		}
	}
	if times := openForTest(t, Options{}).Times(); len(times) != 0 {
		t.Errorf("got %v of an engine that was not asked to take times", times)
	}
}

// A context says when the GPU was reset, where the driver can.
func TestContextTellsOfResets(t *testing.T) {
	e := openForTest(t, Options{})
	extensions := map[string]bool{}
	err := e.do(func(*thread) error {
		extensions = readExtensions()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if e.thread.reset == nil && extensions["GL_KHR_robustness"] {
		t.Error("the context does not tell, though the driver has GL_KHR_robustness")
	}
	e.thread.reset = func() uint32 { return 0x8253 } // GL_GUILTY_CONTEXT_RESET
	if err := e.Load([]kmeans.Point{{1}}, []uint32{1}); !errors.Is(err, ErrLost) {
		t.Errorf("got error %v after a reset, want %v", err, ErrLost)
	}
}

func TestNonsenseIsALoss(t *testing.T) {
	e := openForTest(t, Options{edit: func(stage, source string) string {
		if stage == "count" {
			source = strings.Replace(source, "atomicAdd(used, 1u);", "atomicAdd(used, 0x10000000u);", 1)
		}
		return source
	}})
	p, err := e.Open(translucent(30, 30))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Count(t.Context()); !errors.Is(err, ErrLost) {
		t.Errorf("got error %v, want %v", err, ErrLost)
	}
}
