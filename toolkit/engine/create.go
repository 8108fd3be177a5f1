package engine

import (
	"context"

	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/schema"
)

// CreateAll makes the tables of md by the statements of [ddl.CreateAll], one after another. The first error ends it.
func CreateAll(ctx context.Context, on Executor, md *schema.MetaData, options ...ddl.Option) error {
	statements, err := ddl.CreateAll(md, options...)
	if err != nil {
		return err
	}
	return execAll(ctx, on, statements)
}

// DropAll drops the tables of md by the statements of [ddl.DropAll], one after another. The first error ends it.
func DropAll(ctx context.Context, on Executor, md *schema.MetaData, options ...ddl.Option) error {
	statements, err := ddl.DropAll(md, options...)
	if err != nil {
		return err
	}
	return execAll(ctx, on, statements)
}

func execAll(ctx context.Context, on Executor, statements []ddl.Statement) error {
	for _, s := range statements {
		if _, err := on.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
