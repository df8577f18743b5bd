package ui

// Clip has only what is in r drawn, and in what was clipped to before, until
// [List.Unclip].
func (l *List) Clip(r Rect) {
	l.clips = append(l.clips, l.clipped(r))
}

// Unclip ends the latest Clip.
func (l *List) Unclip() {
	if len(l.clips) > 0 {
		l.clips = l.clips[:len(l.clips)-1]
	}
}

// clipped returns the part of a rectangle that can be seen.
func (l *List) clipped(r Rect) Rect {
	if len(l.clips) == 0 {
		return r
	}
	return r.intersect(l.clips[len(l.clips)-1])
}

// clip cuts a rectangle to what can be seen, and what it shows of the atlas likewise.
// Done here and not by the GPU, all of a frame is one draw call.
func (l *List) clip(to, from Rect) (cutTo, cutFrom Rect) {
	cut := l.clipped(to)
	if cut == to || cut.empty() {
		return cut, from
	}
	across, down := from.W/to.W, from.H/to.H // pixels of the atlas for one of the window
	return cut, Rect{
		from.X + (cut.X-to.X)*across, from.Y + (cut.Y-to.Y)*down,
		cut.W * across, cut.H * down,
	}
}
