package viewer

import (
	"context"
	"sync"
)

// A loader decodes images, one after the other, on a goroutine of its own.
type loader struct {
	decode   func(ctx context.Context, path string, progress func(share float64)) (*Image, error)
	progress func(path string, share float64)
	loaded   func(path string, p *picture, err error)

	mu      sync.Mutex
	wanted  []string           // the first is decoded first
	path    string             // that is being decoded
	cancel  context.CancelFunc // nil if none is
	arrived chan struct{}
}

func newLoader(decode func(context.Context, string, func(float64)) (*Image, error)) *loader {
	return &loader{decode: decode, arrived: make(chan struct{}, 1)}
}

// want says what is to be decoded, the most urgent first. It replaces what was
// wanted before; to decode something else is given up.
func (l *loader) want(paths []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wanted = paths
	if l.cancel != nil && (len(paths) == 0 || paths[0] != l.path) {
		l.cancel()
	}
	select {
	case l.arrived <- struct{}{}:
	default:
	}
}

// run decodes until the context is done.
func (l *loader) run(ctx context.Context) {
	for ctx.Err() == nil {
		if path, ctx, any := l.take(ctx); any {
			l.load(ctx, path)
			continue
		}
		select {
		case <-l.arrived:
		case <-ctx.Done():
		}
	}
}

// take returns what is to be decoded next, if anything is, and a context for it.
func (l *loader) take(ctx context.Context) (path string, _ context.Context, any bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wanted) == 0 {
		return "", ctx, false
	}
	l.path = l.wanted[0]
	ctx, l.cancel = context.WithCancel(ctx)
	return l.path, ctx, true
}

func (l *loader) load(ctx context.Context, path string) {
	p, err := l.read(ctx, path)
	l.mu.Lock()
	defer l.mu.Unlock()
	given := ctx.Err() != nil
	l.cancel()
	l.cancel = nil
	if given {
		return
	}
	if len(l.wanted) > 0 && l.wanted[0] == path {
		l.wanted = l.wanted[1:]
	}
	l.loaded(path, p, err)
}

func (l *loader) read(ctx context.Context, path string) (*picture, error) {
	m, err := l.decode(ctx, path, func(share float64) { l.progress(path, share) })
	if err != nil {
		return nil, err
	}
	return newPicture(ctx, path, m)
}
