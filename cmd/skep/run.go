package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/skep-go/skep/hivetest"
)

// run starts servers, or attaches to those that run, and holds them until a command has ended.
func run(ctx context.Context, args []string) error {
	dashes := slices.Index(args, "--")
	if dashes < 0 || dashes == len(args)-1 {
		return usageError("run wants -- and a command")
	}
	kinds, err := kindsOf(args[:dashes], hivetest.Hive401)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		s, err := hivetest.Start(ctx, hivetest.Options{Kind: kind, Log: os.Stderr, Linger: time.Second})
		if err != nil {
			return err
		}
		defer s.Close()
	}
	return command(args[dashes+1:])
}

// command runs a command in our place: signals reach it, and its exit status becomes ours.
func command(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			select {
			case s := <-signals:
				if s != os.Interrupt { // a terminal's Ctrl-C goes to the command as it goes to us
					cmd.Process.Signal(s)
				}
			case <-ended:
				return
			}
		}
	}()
	var exit *exec.ExitError
	switch err := cmd.Wait(); {
	case errors.As(err, &exit):
		return exitError(exitStatus(exit.ProcessState))
	case err != nil:
		return fmt.Errorf("%s: %w", args[0], err)
	}
	return nil
}

// exitStatus follows the shells: 128 and the signal's number, if a signal ended the process.
func exitStatus(p *os.ProcessState) int {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ExitCode()
}
