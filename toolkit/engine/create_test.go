package engine_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
	"github.com/skep-go/skep/toolkit/schema"
)

func TestCreateAllFails(t *testing.T) {
	md := schema.NewMetaData()
	schema.NewTable(md, "a", schema.Col("b", schema.BigInt, schema.PK, schema.References("b.a")))
	schema.NewTable(md, "b", schema.Col("a", schema.BigInt, schema.PK, schema.References("a.b")))
	e := engine.Mock(compile.ANSI{}, io.Discard)
	for name, f := range map[string]func(context.Context, engine.Executor, *schema.MetaData, ...ddl.Option) error{
		"CreateAll": engine.CreateAll, "DropAll": engine.DropAll,
	} {
		if err := f(t.Context(), e, md); !errors.As(err, new(*schema.CycleError)) {
			t.Errorf("%s of tables that are parents of each other: %v", name, err)
		}
	}
	lone := schema.NewMetaData()
	schema.NewTable(lone, "a", schema.Col("b", schema.Variant))
	if err := engine.CreateAll(t.Context(), e, lone); err == nil {
		t.Errorf("a type that the server lacks: %v", err)
	}
}
