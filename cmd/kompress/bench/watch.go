package bench

import (
	"time"

	"kompress/gpu"
)

// A watch takes the times of an engine's stages. A nil one does nothing.
type watch struct {
	bench     *bench
	engine    *Engine
	k         int
	begin     time.Time
	total     time.Duration
	times     map[string]time.Duration
	transfers gpu.Transfers
}

func (w *watch) start() {
	if w == nil {
		return
	}
	if m := w.engine.Meter; m != nil {
		w.times, w.transfers = m.Times(), m.Transfers()
	}
	w.begin = time.Now()
}

// stop ends a stage. The transfers within it are stages of their own.
func (w *watch) stop(stage string, bytes int64) {
	if w == nil {
		return
	}
	wall, device := time.Since(w.begin), time.Duration(0)
	w.total += wall
	m := w.engine.Meter
	if m == nil {
		w.enter(stage, bytes, wall, 0)
		return
	}
	now, transfers := m.Times(), m.Transfers()
	since := func(name string) time.Duration { return now[name] - w.times[name] }
	for name := range now {
		if name != Upload && name != ReadBack {
			device += since(name)
		}
	}
	indices := int64(area(w.bench.file.Image))
	if d := transfers.Upload - w.transfers.Upload; d > 0 {
		w.enter(Upload, 4*indices, d, since(Upload))
		wall -= d
	}
	if d := transfers.ReadBack - w.transfers.ReadBack; d > 0 {
		w.enter(ReadBack, indices, d, since(ReadBack))
		wall -= d
	}
	w.enter(stage, bytes, wall, device)
}

// enter adds to a sample of the round, for an image that has no room on a device is
// sent for each pass.
func (w *watch) enter(stage string, bytes int64, wall, device time.Duration) {
	b, engine := w.bench, w.engine.Device.Engine
	for i := range b.samples {
		if s := &b.samples[i]; s.k == w.k && s.stage == stage && s.engine == engine {
			s.bytes, s.wall, s.device = s.bytes+bytes, s.wall+wall, s.device+device
			return
		}
	}
	b.samples = append(b.samples, sample{w.k, stage, engine, bytes, wall, device, w.engine.Meter != nil})
}
