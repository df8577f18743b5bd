package main

import (
	"image"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// clusterBlocks returns what docs/cluster.md has as the contents of files, by their names.
func clusterBlocks(t *testing.T) map[string]string {
	t.Helper()
	blocks := map[string]string{}
	text := string(readFile(t, filepath.Join(testdata, "..", "docs", "cluster.md")))
	for _, m := range regexp.MustCompile("(?s)```(?:bash|yaml) (\\S+)\n(.*?)```").FindAllStringSubmatch(text, -1) {
		blocks[m[1]] = m[2]
	}
	return blocks
}

// cluster makes a folder with images in it for the commands of docs/cluster.md, and
// returns what one machine makes of them, by path.
func cluster(t *testing.T) (folder string, want map[string]string) {
	t.Helper()
	alone := t.TempDir()
	clusterPhotos(t, alone)
	for _, args := range [][]string{
		{"palette", "-q", "-r", "-k256", "-o", alone + "/shared.gpl", alone + "/photos"},
		{"compress", "-q", "-r", "--palette", alone + "/shared.gpl", "-o", alone + "/small", alone + "/photos"},
	} {
		if r := kompress(t, args...); r != (result{}) {
			t.Fatalf("got %+v", r)
		}
	}
	folder = t.TempDir()
	clusterPhotos(t, folder)
	return folder, filesIn(t, alone, "shared.gpl", "small")
}

func clusterPhotos(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder+"/photos/more", 0o777); err != nil {
		t.Fatal(err)
	}
	whole := decode(t, filepath.Join(testdata, "kodim23.png")).(*image.RGBA)
	for i, name := range []string{"a.png", "b.png", "more/a.png", "more/c.png", "more/d.png", "e.png", "f.png"} {
		writePNG(t, folder+"/photos/"+name, whole.SubImage(image.Rect(90*i, 50*i, 90*i+80, 50*i+60)))
	}
}

// filesIn returns what is in files and folders.
func filesIn(t *testing.T, folder string, names ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range names {
		err := filepath.WalkDir(filepath.Join(folder, name), func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				below, _ := filepath.Rel(folder, path)
				files[filepath.ToSlash(below)] = string(readFile(t, path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func checkTree(t *testing.T, folder string, want map[string]string) {
	t.Helper()
	got := filesIn(t, folder, "shared.gpl", "small")
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s: got %d bytes, want the %d that one machine writes", name, len(got[name]), len(data))
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d files, want %d", len(got), len(want))
	}
}

// What the Jobs for Kubernetes run gives what one machine does.
func TestKubernetesArguments(t *testing.T) {
	folder, want := cluster(t)
	t.Chdir(folder)
	blocks := clusterBlocks(t)
	list := regexp.MustCompile(`(?m)^ +args: \[(.*)\]$`)
	for _, job := range []string{"count", "palette", "compress"} {
		m := list.FindStringSubmatch(blocks[job+".yaml"])
		if m == nil {
			t.Fatalf("%s.yaml has no args", job)
		}
		indices := []string{"2", "0", "3", "1"}
		if job == "palette" {
			indices = indices[:1]
		}
		for _, index := range indices {
			args := strings.Split(strings.NewReplacer("$(JOB_COMPLETION_INDEX)", index, `"`, "").Replace(m[1]), ", ")
			if r := kompress(t, args...); r.code != exitDone {
				t.Fatalf("%q: got %+v", args, r)
			}
		}
	}
	checkTree(t, folder, want)
}
