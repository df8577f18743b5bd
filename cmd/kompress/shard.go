package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"kompress/cmd/kompress/words"

	"github.com/urfave/cli/v2"
)

// maxShards bounds N of --shard I/N, far above what schedulers allow.
const maxShards = 1_000_000_000

func shardFlag() cli.Flag {
	return &cli.StringFlag{Name: "shard", Usage: "`I/N` take one part of N of the images, 0/N to N-1/N, by a hash of their names: the same ones on every machine"}
}

// A shard is a part of the images, chosen by their names: so that several machines share
// the work without a word to each other. That of the zero value has all.
type shard struct{ number, of uint64 }

func readShard(c *cli.Context) (s shard, err error) {
	if !c.IsSet("shard") {
		return s, nil
	}
	if isStandardInput(c.Args().Slice()) {
		return s, usagef("--shard: standard input has no name to go by")
	}
	text := c.String("shard")
	i, n, _ := strings.Cut(text, "/")
	of, err := strconv.ParseUint(n, 10, 64)
	if err != nil || of < 1 || of > maxShards {
		return s, usagef("--shard: got %q, want I/N, as in 0/4 to 3/4", text)
	}
	number, err := strconv.ParseUint(i, 10, 64)
	if err != nil || number >= of {
		return s, usagef("--shard: got %s, want 0/%d to %d/%[2]d", words.Printable(text), of, of-1)
	}
	return shard{number, of}, nil
}

func (s shard) String() string { return fmt.Sprintf("%d/%d", s.number, s.of) }

// has says whether an image is in the shard. Names of images differ in few characters,
// often in a number: a hash with fewer operations would put too many into one.
func (s shard) has(in input) bool {
	if s.of == 0 {
		return true
	}
	sum := sha256.Sum256([]byte(in.name))
	return binary.BigEndian.Uint64(sum[:])%s.of == s.number
}

// emptyNote is told when a shard has none of the images, which is no failure: with few
// of them it happens.
func (s shard) emptyNote(images int) error {
	return fmt.Errorf("note: of %s none is in shard %v", words.Count(images, "image"), s)
}

// inShard returns those of the tasks that are in the shard of --shard. All have been
// planned before: what would go wrong with those of two shards does so in each.
func (j *compression) inShard(tasks []*task) (in []*task) {
	for _, t := range tasks {
		if j.shard.has(t.input) {
			in = append(in, t)
		}
	}
	if len(in) == 0 && len(tasks) > 0 && !j.report.quiet {
		j.fail(j.shard.emptyNote(len(tasks)))
	}
	return in
}
