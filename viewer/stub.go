//go:build !cgo

package viewer

import (
	"context"
	"fmt"
)

// Built says that this package was built with its window.
const Built = false

// Run returns an error that wraps ErrNoWindow: this program was built without cgo.
func Run(context.Context, Options) error {
	return fmt.Errorf("%w: this program was built without cgo", ErrNoWindow)
}
