package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestArrange(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"", ""},
		{"--help", "--help"},
		{"help", "--help"},
		{"help compress", "compress|--help"},
		{"compress|a|-vh|b", "compress|--help"},
		{"compress|--|-h", "compress|--|-h"},
		{"compress", "compress|--"},
		{"compress|a|-k|8|b|-f", "compress|-k|8|-f|--|a|b"},
		{"compress|a|--colors|8", "compress|--colors|8|--|a"},
		{"compress|a|--colors=8", "compress|--colors=8|--|a"},
		{"compress|-k8|a", "compress|-k=8|--|a"},
		{"compress|-k=8|a", "compress|-k=8|--|a"},
		{"compress|-vfk8|a", "compress|-v|-f|-k=8|--|a"},
		{"compress|-vk=8|a", "compress|-v|-k=8|--|a"},
		{"compress|-vk|8|a", "compress|-v|-k|8|--|a"},
		{"compress|-oout/|a", "compress|-o=out/|--|a"},
		{"compress|-json|a", "compress|-json|--|a"},
		{"compress|--seed|-1|a", "compress|--seed|-1|--|a"},
		{"compress|-o|-|a", "compress|-o|-|--|a"},
		{"compress|a|--|-k|8", "compress|--|a|-k|8"},
		{"compress|-|a", "compress|--|-|a"},
		{"compress||a", "compress|--||a"},
		{"compress|a|--|--", "compress|--|a|--"},
		{"compress|a|-z", "error"},
		{"compress|a|--k8", "error"},
		{"compress|-fz", "error"},
		{"compress|-k|-f", "error"},
		{"other|a|-z", "other|a|-z"},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := []string{"kompress"}
			if test.args != "" {
				args = append(args, strings.Split(strings.Replace(test.args, "help ", "help|", 1), "|")...)
			}
			before := fmt.Sprint(args)
			got, err := arrange(newApp(io.Discard, io.Discard), args)
			line := "error"
			if err == nil {
				line = strings.Join(got[1:], "|")
			}
			if line != test.want {
				t.Errorf("got %s (%v), want %s", line, err, test.want)
			}
			if fmt.Sprint(args) != before {
				t.Errorf("the arguments were changed to %q", args)
			}
		})
	}
}
