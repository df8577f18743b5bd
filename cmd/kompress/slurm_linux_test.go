package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The scripts of docs/cluster.md, run by Slurm, give what one machine does.
func TestSlurm(t *testing.T) {
	leaveOutWithRace(t)
	folder, want := cluster(t)
	s := startSlurm(t)
	blocks := clusterBlocks(t)
	for _, name := range []string{"count.sh", "palette.sh", "compress.sh", "submit.sh"} {
		if blocks[name] == "" {
			t.Fatalf("there is no %s", name)
		}
		writeFile(t, filepath.Join(folder, name), []byte(blocks[name]))
	}
	// Of an earlier run, whose counts must not be added.
	if err := os.Mkdir(filepath.Join(folder, "parts"), 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "parts", "9.counts"), []byte("no"))
	if out, err := s.command(folder, "bash", "submit.sh"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.until(t, "all jobs are done", func() bool {
		out, err := s.command(folder, "squeue", "--noheader")
		return err == nil && len(bytes.TrimSpace(out)) == 0
	})
	if !checkTasks(t, folder) {
		t.Log(s.logs())
	}
	checkTree(t, folder, want)
}

// checkTasks wants nine tasks that have told of what they have done.
func checkTasks(t *testing.T, folder string) (ok bool) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(folder, "slurm-*.out"))
	if err != nil || len(logs) != 4+1+4 {
		t.Errorf("got outputs %q, %v, want those of nine tasks", logs, err)
	}
	for _, log := range logs {
		if text := string(readFile(t, log)); strings.Contains(text, "error") || len(text) == 0 {
			t.Errorf("%s: %s", filepath.Base(log), text)
		}
	}
	return !t.Failed()
}

// A slurm is a cluster of one machine: a controller and a daemon that runs jobs, which
// know each other by a key for munge.
type slurm struct {
	folder string
	env    []string
}

const slurmConf = `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=%[1]d
SlurmdPort=%[2]d
SlurmUser=%[3]s
SlurmdUser=%[3]s
AuthType=auth/munge
AuthInfo=socket=%[4]s/munge.sock
StateSaveLocation=%[4]s/state
SlurmdSpoolDir=%[4]s/spool
SlurmctldPidFile=%[4]s/slurmctld.pid
SlurmdPidFile=%[4]s/slurmd.pid
SlurmctldLogFile=%[4]s/slurmctld.log
SlurmdLogFile=%[4]s/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,bf_interval=1
MailProg=/bin/true
ReturnToService=2
NodeName=localhost NodeHostname=localhost NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=localhost Default=YES State=UP
`

// startSlurm starts one that lasts for the test, with all its files in a folder.
func startSlurm(t *testing.T) *slurm {
	t.Helper()
	path := os.Getenv("PATH") + ":/usr/sbin:/sbin" // where daemons are
	t.Setenv("PATH", path)
	for _, name := range []string{"munged", "slurmctld", "slurmd", "sbatch"} {
		if _, err := exec.LookPath(name); err != nil {
			missing(t, err)
		}
	}
	s := &slurm{folder: t.TempDir(), env: asProgram(t)}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state", "spool"} {
		if err := os.Mkdir(filepath.Join(s.folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf := writeFile(t, filepath.Join(s.folder, "slurm.conf"), fmt.Appendf(nil, slurmConf, freePort(t), freePort(t), me.Username, s.folder))
	s.env = append(s.env, "SLURM_CONF="+conf)
	s.startMunge(t)
	s.start(t, "slurmctld", "-D")
	s.start(t, "slurmd", "-D", "-N", "localhost")
	s.until(t, "the node is ready", func() bool {
		out, _ := s.command(s.folder, "sinfo", "--noheader", "--format=%T")
		return strings.TrimSpace(string(out)) == "idle"
	})
	return s
}

// missing skips a test where there is no Slurm, or fails where it is required.
func missing(t *testing.T, err error) {
	t.Helper()
	if os.Getenv("KOMPRESS_REQUIRE_SLURM") == "1" {
		t.Fatal(err)
	}
	t.Skip(err)
}

func (s *slurm) startMunge(t *testing.T) {
	t.Helper()
	key := make([]byte, 1024)
	rand.Read(key)
	if err := os.WriteFile(filepath.Join(s.folder, "munge.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(flag, name string) string { return flag + "=" + filepath.Join(s.folder, name) }
	// It would refuse a folder that others may look into, such as one below /tmp.
	s.start(t, "munged", "--foreground", "--force", at("--key-file", "munge.key"), at("--socket", "munge.sock"),
		at("--pid-file", "munge.pid"), at("--log-file", "munge.log"), at("--seed-file", "munge.seed"))
	s.until(t, "munge has its socket", func() bool {
		_, err := os.Stat(filepath.Join(s.folder, "munge.sock"))
		return err == nil
	})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// start starts a daemon, which is ended with the test.
func (s *slurm) start(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := os.Create(filepath.Join(s.folder, name+".out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	command := exec.Command(name, args...)
	command.Dir, command.Env, command.Stdout, command.Stderr = s.folder, s.env, out, out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt)
		ended := time.AfterFunc(10*time.Second, func() { command.Process.Kill() })
		command.Wait()
		ended.Stop()
	})
}

func (s *slurm) command(folder string, args ...string) ([]byte, error) {
	command := exec.Command(args[0], args[1:]...)
	command.Dir, command.Env = folder, s.env
	return command.CombinedOutput()
}

// until waits, and shows what the daemons have written if it has waited in vain.
func (s *slurm) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s\n%s", what, s.logs())
		}
	}
}

func (s *slurm) logs() string {
	var text strings.Builder
	for _, pattern := range []string{"*.out", "*.log"} {
		files, _ := filepath.Glob(filepath.Join(s.folder, pattern))
		for _, file := range files {
			data, _ := os.ReadFile(file)
			fmt.Fprintf(&text, "%s:\n%s\n", filepath.Base(file), data)
		}
	}
	return text.String()
}
