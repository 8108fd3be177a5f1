//go:build !unix

package hivetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

var errPlatform = fmt.Errorf("hivetest: servers cannot be started on %s: %w", runtime.GOOS, errors.ErrUnsupported)

func tryLock(string) (*os.File, error) { return nil, errPlatform }

func ownGroup(*exec.Cmd) {}

func killGroup(int) error { return errPlatform }
