// Command skep helps with living beside Hive: it starts real servers on this machine.
//
//	skep local up [KIND]...             start servers and leave them running
//	skep local status                   show what runs
//	skep local down [KIND]...           end them, and remove their data
//	skep local run KIND... -- COMMAND   run a command while servers run
//
// It exits with 0, with 1 if something failed, with 2 if it was called wrongly; run exits as its command does.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

const usage = `usage: skep local COMMAND

  up [KIND]...                start servers that stay until "down", and print how to reach them
  status                      show the servers that run
  down [KIND]...              end servers, all if none is named, and remove their data
  run KIND... -- COMMAND...   run a command; the servers end after it, unless somebody else needs them

KIND is hive4 (HiveServer2 4.0.1; the default), hive2 (2.3.10), spark (Spark Thrift Server 3.5.3), metastore
(of Hive 4.0.1, alone) or metastore2 (of 2.3.10). The first start downloads what it needs into $SKEP_CACHE, or else the
user's cache folder.
`

// usageError is a mistake of the caller.
type usageError string

func (e usageError) Error() string { return string(e) }

// exitError is the end of a command that skep ran.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := dispatch(ctx, os.Args[1:])
	stop()
	os.Exit(report(err))
}

func dispatch(ctx context.Context, args []string) error {
	if len(args) == 1 && (args[0] == "help" || args[0] == "-h" || args[0] == "--help") {
		fmt.Print(usage)
		return nil
	}
	if len(args) == 0 || args[0] != "local" {
		return usageError("the only subject is \"local\"")
	}
	return local(ctx, args[1:])
}

// report prints an error and returns the exit status that goes with it.
func report(err error) int {
	var wrong usageError
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &wrong):
		fmt.Fprintf(os.Stderr, "skep: %v\n\n%s", err, usage)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "skep: interrupted")
	default:
		fmt.Fprintln(os.Stderr, "skep:", err)
	}
	return exitFailed
}
