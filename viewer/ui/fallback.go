package ui

import (
	"sync"

	"golang.org/x/image/font/opentype"
)

// A fallback finds fonts for the runes that a program's own font lacks. Looking for
// them takes seconds at times, so that a goroutine does it, which runs while there
// are runes to look for.
type fallback struct {
	known map[rune]*opentype.Font // nil: no font has the rune
	asked map[rune]bool

	search *search
}

// A search is what the goroutine that draws and the one that searches share.
type search struct {
	fonts func() []*systemFont // all there are, best first; looks for them only once

	mutex   sync.Mutex
	running bool
	wanted  []rune
	found   map[rune]*opentype.Font // and not yet collected
}

func newFallback(scan func() []*systemFont) fallback {
	return fallback{
		known: make(map[rune]*opentype.Font),
		asked: make(map[rune]bool),
		search: &search{
			fonts: sync.OnceValue(scan),
			found: make(map[rune]*opentype.Font),
		},
	}
}

// font returns a font that has a rune, or nil if none has. If that is not known yet,
// it is found out, and changed is called after that.
func (f *fallback) font(r rune, changed func()) (has *opentype.Font, known bool) {
	has, known = f.known[r]
	if !known && !f.asked[r] {
		f.asked[r] = true
		f.search.want(r, changed)
	}
	return has, known
}

// collect makes known what has been found.
func (f *fallback) collect() {
	f.search.mutex.Lock()
	defer f.search.mutex.Unlock()
	for r, has := range f.search.found {
		f.known[r] = has
		delete(f.asked, r)
	}
	clear(f.search.found)
}

// want adds a rune to those looked for.
func (s *search) want(r rune, changed func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.wanted = append(s.wanted, r)
	if !s.running {
		s.running = true
		go s.run(changed)
	}
}

// run looks for fonts until no more runes are wanted.
func (s *search) run(changed func()) {
	fonts := s.fonts()
	for {
		runes := s.take()
		if len(runes) == 0 {
			return
		}
		for _, r := range runes {
			s.deliver(r, firstWith(fonts, r))
		}
		if changed != nil {
			changed()
		}
	}
}

// take returns the runes that are wanted. If there are none, the search ends.
func (s *search) take() []rune {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	runes := s.wanted
	s.wanted = nil
	s.running = len(runes) > 0
	return runes
}

func (s *search) deliver(r rune, has *opentype.Font) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.found[r] = has
}

// firstWith returns the first of the fonts that can draw a rune, or nil.
func firstWith(fonts []*systemFont, r rune) *opentype.Font {
	for _, f := range fonts {
		if f.runes.Contains(r) && f.draws(r) {
			return f.parsed
		}
	}
	return nil
}
