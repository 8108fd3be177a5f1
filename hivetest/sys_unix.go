//go:build unix

package hivetest

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// tryLock opens and locks a file, or fails with errLocked if somebody else has it locked. The lock belongs to the open
// file: it lasts until the last process that has it open closes it or dies.
func tryLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, &os.PathError{Op: "flock", Path: name, Err: err}
	}
}

// ownGroup starts the command in a process group of its own, so that a terminal's Ctrl-C does not reach it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a process that ownGroup started, and its children, at once.
func killGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }
