package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/skep-go/skep/internal/describe"
	hivereflect "github.com/skep-go/skep/reflect"
	"github.com/skep-go/skep/toolkit/schema"
)

// describeTable is skep describe.
func describeTable(ctx context.Context, args []string) error {
	var from source
	var database string
	rest, err := flags("describe", args, func(set *flag.FlagSet) {
		from.define(set)
		set.StringVar(&database, "database", "", "")
	})
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError(fmt.Sprintf("describe wants one table, behind the flags, not %d", len(rest)))
	}
	name := rest[0]
	if in, table, dotted := strings.Cut(name, "."); dotted && database == "" {
		database, name = in, table
	}
	inspector, closing, err := from.open(ctx)
	if err != nil {
		return err
	}
	t, err := tableOf(ctx, inspector, database, name)
	if err := errors.Join(err, closing()); err != nil {
		return err
	}
	return describe.Write(os.Stdout, t)
}

// counter counts partitions, which a metastore does in one call.
type counter interface {
	PartitionCount(ctx context.Context, schema, table string, filter hivereflect.PartitionFilter) (int, error)
}

var _ counter = (*hivereflect.Metastore)(nil)

func tableOf(ctx context.Context, from schema.Inspector, database, name string) (describe.Table, error) {
	info, err := schema.DescribeTable(ctx, from, database, name)
	if err != nil {
		return describe.Table{}, err
	}
	t := describe.Table{TableInfo: info, Partitions: -1}
	if c, ok := from.(counter); ok && t.Partitioned() {
		t.Partitions, err = c.PartitionCount(ctx, info.Schema, info.Name, "")
	}
	return t, err
}
