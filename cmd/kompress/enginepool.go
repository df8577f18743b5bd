package main

import (
	"context"
	"sync"

	"kompress/quantize"
)

// An enginePool lends engines to those who work at the same time: to each a CPU engine
// of its own, or the GPU to one after the other.
type enginePool struct {
	engines  *engines
	choosing chan struct{} // has room for who asks engines
	gpu      chan struct{} // has room for who has the GPU

	mu   sync.Mutex
	cpus []*quantize.CPU // that nobody has
}

func newEnginePool(e *engines) *enginePool {
	return &enginePool{engines: e, choosing: make(chan struct{}, 1), gpu: make(chan struct{}, 1)}
}

// take lends an engine for an image of so many pixels, until it is given back. On the
// CPU it uses that many threads; 0 means all.
func (p *enginePool) take(ctx context.Context, pixels, threads int) (e *engine, give func(), err error) {
	if err := enter(ctx, p.choosing); err != nil {
		return nil, nil, err
	}
	e, err = p.engines.forImage(ctx, pixels)
	isGPU := err == nil && e == p.engines.gpu
	if err == nil && !isGPU {
		own := *e
		e = &own
	}
	<-p.choosing
	if err != nil {
		return nil, nil, err
	}
	if isGPU {
		return e, func() { <-p.gpu }, enter(ctx, p.gpu)
	}
	cpu := p.takeCPU(threads)
	e.Engine = cpu
	return e, func() { p.giveCPU(cpu) }, nil
}

// enter waits for room.
func enter(ctx context.Context, room chan struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *enginePool) takeCPU(threads int) *quantize.CPU {
	p.mu.Lock()
	defer p.mu.Unlock()
	var cpu *quantize.CPU
	if n := len(p.cpus); n > 0 {
		cpu, p.cpus = p.cpus[n-1], p.cpus[:n-1]
	} else {
		cpu = new(quantize.CPU)
	}
	cpu.Workers = threads
	return cpu
}

func (p *enginePool) giveCPU(cpu *quantize.CPU) {
	// It would keep the points of this image in memory.
	cpu.Load(nil, nil)
	p.mu.Lock()
	p.cpus = append(p.cpus, cpu)
	p.mu.Unlock()
}
