// Package heif decodes the pictures in HEIC and AVIF files.
//
// It runs libheif with libde265, and libavif with libaom, compiled to WebAssembly,
// in which nothing that a file does can leave the sandbox, get more memory than
// it is given, or go on when its context is done. The two programs are those in
// version 0.4.5 of github.com/gen2brain/heic and 0.4.4 of github.com/gen2brain/avif,
// byte for byte. The packages themselves load a library of the system instead if
// there is one, when the program starts, and cannot be stopped or limited.
//
// Nothing is unpacked or compiled before the first picture.
package heif

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

var (
	//go:embed heic.wasm.gz
	heicProgram []byte
	//go:embed avif.wasm.gz
	avifProgram []byte

	heic = sync.OnceValues(func() ([]byte, error) { return unpack(heicProgram) })
	avif = sync.OnceValues(func() ([]byte, error) { return unpack(avifProgram) })

	// compiled keeps what the programs were compiled to.
	compiled = sync.OnceValue(wazero.NewCompilationCache)
)

// ErrDecode says that a decoder refused a file. It does not say why.
var ErrDecode = errors.New("the data is damaged, or of a kind that is not supported")

func unpack(program []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(program))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// A machine runs one program on one file.
type machine struct {
	ctx     context.Context
	runtime wazero.Runtime
	module  api.Module
}

const pageSize = 64 << 10

// start makes a machine with at most so many bytes of memory, up to 4 GB.
func start(ctx context.Context, program func() ([]byte, error), memory int64) (*machine, error) {
	code, err := program()
	if err != nil {
		return nil, err
	}
	pages := uint32(min(memory/pageSize+1, 1<<16))
	m := &machine{ctx: ctx, runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithCompilationCache(compiled()).WithMemoryLimitPages(pages).WithCloseOnContextDone(true))}
	if err := m.load(code); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *machine) load(code []byte) error {
	if _, err := wasi_snapshot_preview1.Instantiate(m.ctx, m.runtime); err != nil {
		return err
	}
	// What it is compiled to is not closed with the machine: the next one needs it.
	c, err := m.runtime.CompileModule(m.ctx, code)
	if err != nil {
		return err
	}
	m.module, err = m.runtime.InstantiateModule(m.ctx, c, wazero.NewModuleConfig())
	return err
}

func (m *machine) close() { m.runtime.Close(context.WithoutCancel(m.ctx)) }

// call calls a function that returns a number.
func (m *machine) call(name string, a ...uint64) (uint64, error) {
	f := m.module.ExportedFunction(name)
	if f == nil {
		return 0, fmt.Errorf("the decoder has no function %s", name)
	}
	result, err := f.Call(m.ctx, a...)
	if ctxErr := m.ctx.Err(); ctxErr != nil {
		return 0, ctxErr
	}
	if err != nil {
		return 0, ErrDecode // it ran into a fault: its words are a trace of many lines
	}
	return result[0], nil
}

// room allocates n bytes in the machine.
func (m *machine) room(n int64) (uint64, error) {
	if n > math.MaxUint32 {
		return 0, errTooLarge
	}
	at, err := m.call("malloc", uint64(n))
	if err == nil && at == 0 {
		err = errTooLarge
	}
	return at, err
}

var errTooLarge = errors.New("needs more memory than the decoder can have")

// put copies data into the machine.
func (m *machine) put(data []byte) (uint64, error) {
	at, err := m.room(int64(len(data)))
	if err == nil && !m.module.Memory().Write(uint32(at), data) {
		err = errTooLarge
	}
	return at, err
}

// take copies n bytes out of the machine, which will be gone.
func (m *machine) take(at uint64, n int64) ([]byte, error) {
	b, ok := m.module.Memory().Read(uint32(at), uint32(n))
	if !ok {
		return nil, errTooLarge
	}
	return bytes.Clone(b), nil
}

// numbers reads n numbers of 32 bits.
func (m *machine) numbers(at uint64, n int) ([]uint32, error) {
	values := make([]uint32, n)
	for i := range values {
		v, ok := m.module.Memory().ReadUint32Le(uint32(at) + 4*uint32(i))
		if !ok {
			return nil, errTooLarge
		}
		values[i] = v
	}
	return values, nil
}
