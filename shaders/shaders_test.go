package shaders

import (
	"slices"
	"strings"
	"testing"
)

func TestStages(t *testing.T) {
	stages := Stages()
	for _, want := range []string{"accumulate", "assign", "count", "map", "update"} {
		if !slices.Contains(stages, want) {
			t.Errorf("got stages %q, want %s among them", stages, want)
		}
	}
	if !slices.IsSorted(stages) {
		t.Errorf("got stages %q, want them sorted", stages)
	}
}

func TestSource(t *testing.T) {
	constants := []Constant{{"TILE", 256}, {"BLOCK", 4096}}
	for _, stage := range Stages() {
		text, err := Source(stage, constants)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(text, "#version 430\n#define TILE 256\n#define BLOCK 4096\n") {
			t.Errorf("%s begins with %q, want the version and the constants", stage, text[:min(60, len(text))])
		}
		if strings.Contains(text, "#include") {
			t.Errorf("%s has an #include left", stage)
		}
		if strings.Count(text, "void main()") != 1 {
			t.Errorf("%s has not one main", stage)
		}
	}
}

// A file that several name is included once: GLSL has no second definitions.
func TestIncludedOnce(t *testing.T) {
	text, err := Source("accumulate", nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text, "uvec2 add64("); n != 1 {
		t.Errorf("got %d definitions of add64, want 1", n)
	}
}

func TestSourceOfNoStage(t *testing.T) {
	if _, err := Source("nonsense", nil); err == nil || !strings.Contains(err.Error(), "stage nonsense") {
		t.Errorf("got error %v, want one that names the stage", err)
	}
}
