package bench

import (
	"slices"

	"kompress/quantize"
)

// enter takes what a complete round found into the image.
func (b *bench) enter(warm bool) {
	m := b.image
	size := b.file.Image.Bounds().Size()
	m.Format, m.Width, m.Height, m.FileBytes, m.PixelBytes = b.file.Format, size.X, size.Y, b.file.Bytes, b.pixelBytes()
	for _, found := range b.cases {
		m.Distinct = found.distinct
		c := m.caseOf(found.k)
		c.enter(&found)
	}
	for _, s := range b.samples {
		stages := &m.Stages
		if s.k > 0 {
			stages = &m.caseOf(s.k).Stages
		}
		stageOf(stages, s.stage, s.engine).enter(&s, warm)
	}
}

func (m *Image) caseOf(k int) *Case {
	return m.Cases[slices.IndexFunc(m.Cases, func(c *Case) bool { return c.K == k })]
}

func (c *Case) enter(o *outcome) {
	q := o.found
	c.Colors, c.Steps, c.Passes, c.Converged, c.MSE, c.Bytes = len(q.Palette), q.Steps, q.Passes, q.Converged, q.MSE, o.bytes
	if q.MSE > 0 {
		psnr := quantize.PSNR(q.MSE)
		c.PSNR = &psnr
	}
}

func stageOf(stages *[]*Stage, name, engine string) *Stage {
	if s := find(*stages, name, engine); s != nil {
		return s
	}
	s := &Stage{Name: name, Engine: engine, Seconds: []float64{}}
	*stages = append(*stages, s)
	return s
}

func (s *Stage) enter(t *sample, warm bool) {
	s.Bytes = t.bytes
	if warm {
		s.Warmup = append(s.Warmup, t.wall.Seconds())
		return
	}
	s.Seconds = append(s.Seconds, t.wall.Seconds())
	if t.timed {
		s.Device = append(s.Device, t.device.Seconds())
	}
}
