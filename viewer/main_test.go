package viewer

import (
	"flag"
	"os"
	"testing"
)

// TestMain has many tests run at a time: they wait most of the time, for keys to rest.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
