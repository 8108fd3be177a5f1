// Command skep helps with living beside Hive: it starts real servers on this machine, and tells what tables a server has.
//
//	skep local up [KIND]...             start servers and leave them running
//	skep local status                   show what runs
//	skep local down [KIND]...           end them, and remove their data
//	skep local run KIND... -- COMMAND   run a command while servers run
//	skep describe SERVER TABLE          show a table
//	skep gen SERVER -out FILE           write Go that declares the tables of a database, with structs for their rows
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
       skep describe SERVER [-database NAME] TABLE
       skep gen SERVER [-database NAME] [-tables A,B] [-views] [-package NAME] [-out FILE [-check]]

local has the commands

  up [KIND]...                start servers that stay until "down", and print how to reach them
  status                      show the servers that run
  down [KIND]...              end servers, all if none is named, and remove their data
  run KIND... -- COMMAND...   run a command; the servers end after it, unless somebody else needs them

KIND is hive4 (HiveServer2 4.0.1; the default), hive3 (3.1.3), hive2 (2.3.10), spark (Spark Thrift Server 3.5.3),
metastore (of Hive 4.0.1, alone), metastore2 (of 2.3.10), kerberos (HiveServer2 4.0.1 with a KDC) or zookeeper
(HiveServer2 4.0.1, four of them, with a ZooKeeper). The first start downloads what it needs into $SKEP_CACHE, or else
the user's cache folder.

describe shows a table or a view: columns, keys, storage, properties, statistics. TABLE may be DATABASE.TABLE.

gen writes Go: for each table a variable with typed columns, and a struct for its rows. Without -database the tables are
those of the database in which the session is, and are declared without one. -check writes nothing: it shows how FILE
differs from what would be written, and exits with 1 if it does.

SERVER is -dsn hive://user@host:10000/database, or -metastore thrift://host:9083, which may be several URIs with commas.
`

// usageError is a mistake of the caller.
type usageError string

func (e usageError) Error() string { return string(e) }

// errHelp: the caller wants to know how skep is called.
var errHelp = errors.New("help")

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
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "local":
		return local(ctx, args[1:])
	case "describe":
		return describeTable(ctx, args[1:])
	case "gen":
		return generate(ctx, args[1:])
	}
	return usageError(`want one of "local", "describe" and "gen"`)
}

// report prints an error and returns the exit status that goes with it.
func report(err error) int {
	var wrong usageError
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errHelp):
		fmt.Print(usage)
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
