package viewer

import (
	"os"
	"strings"
	"testing"
)

// Every key is in docs/view.md, as it is called there.
func TestDocsHaveAllKeys(t *testing.T) {
	text, err := os.ReadFile("../docs/view.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "| key |")
	keys, _, ends := strings.Cut(rest, "\n\n")
	if !found || !ends {
		t.Fatal("docs/view.md has no table of keys")
	}
	called := map[string]string{"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}
	for _, b := range bindings {
		for _, name := range b.names {
			if other := called[name]; other != "" {
				name = other
			}
			if name >= "2" && name <= "7" { // among 1 to 8
				continue
			}
			if !strings.Contains(keys, "`"+name+"`") {
				t.Errorf("the table of keys in docs/view.md lacks `%s`", name)
			}
		}
	}
}
