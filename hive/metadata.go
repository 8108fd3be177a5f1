package hive

import (
	"context"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"
	hs "github.com/beltran/gohive/hiveserver"
)

// What HiveServer2 tells about its catalog without a statement. Each call is an operation of the server whose rows are
// read like any others, and closed by the caller. Their columns are those of java.sql.DatabaseMetaData.
//
// A pattern is that of LIKE: % stands for any characters, _ for one. "" is any name. [EscapePattern] makes a pattern of
// a name, but not every name has one: see there.
//
// Spark Thrift Server 3.5 answers some sessions that were opened at the same time as others from an empty catalog, though
// their statements see everything.

// Catalogs lists the catalogs, in TABLE_CAT. Hive has none to show: there are no rows.
func (s *Session) Catalogs(ctx context.Context) (*Rows, error) {
	return metadata(ctx, s, "GetCatalogs", &hs.TCLIServiceGetCatalogsArgs{Req: &hs.TGetCatalogsReq{SessionHandle: s.handle}},
		&hs.TCLIServiceGetCatalogsResult{})
}

// Schemas lists the databases whose names match the pattern, in TABLE_SCHEM.
func (s *Session) Schemas(ctx context.Context, schema string) (*Rows, error) {
	return metadata(ctx, s, "GetSchemas", &hs.TCLIServiceGetSchemasArgs{Req: &hs.TGetSchemasReq{
		SessionHandle: s.handle, SchemaName: pattern(schema),
	}}, &hs.TCLIServiceGetSchemasResult{})
}

// TableTypes lists what types of tables there are, in TABLE_TYPE. Hive tells some of them more than once: it maps its own
// types to these (hive.server2.table.type.mapping).
func (s *Session) TableTypes(ctx context.Context) (*Rows, error) {
	return metadata(ctx, s, "GetTableTypes", &hs.TCLIServiceGetTableTypesArgs{Req: &hs.TGetTableTypesReq{SessionHandle: s.handle}},
		&hs.TCLIServiceGetTableTypesResult{})
}

// Tables lists the tables and views whose databases and names match the patterns: TABLE_SCHEM, TABLE_NAME, TABLE_TYPE and
// REMARKS, which is the comment. types are of those that [Session.TableTypes] lists; none are all.
func (s *Session) Tables(ctx context.Context, schema, table string, types ...string) (*Rows, error) {
	return metadata(ctx, s, "GetTables", &hs.TCLIServiceGetTablesArgs{Req: &hs.TGetTablesReq{
		SessionHandle: s.handle, SchemaName: pattern(schema), TableName: pattern(table), TableTypes: types,
	}}, &hs.TCLIServiceGetTablesResult{})
}

// Columns lists the columns of tables and views. Of what the columns of the result promise, Hive tells less: COLUMN_DEF is
// NULL always, and NULLABLE knows primary keys only. What a column of a complex type holds is in TYPE_NAME.
func (s *Session) Columns(ctx context.Context, schema, table, column string) (*Rows, error) {
	return metadata(ctx, s, "GetColumns", &hs.TCLIServiceGetColumnsArgs{Req: &hs.TGetColumnsReq{
		SessionHandle: s.handle, SchemaName: pattern(schema), TableName: pattern(table), ColumnName: pattern(column),
	}}, &hs.TCLIServiceGetColumnsResult{})
}

// TypeInfo lists the types that the server knows, with their java.sql.Types.
func (s *Session) TypeInfo(ctx context.Context) (*Rows, error) {
	return metadata(ctx, s, "GetTypeInfo", &hs.TCLIServiceGetTypeInfoArgs{Req: &hs.TGetTypeInfoReq{SessionHandle: s.handle}},
		&hs.TCLIServiceGetTypeInfoResult{})
}

// Functions lists the functions whose names match the pattern. It cannot be asked for those of one database: Hive gives
// no rows then (GetFunctionsOperation). Spark lists its own in every database.
func (s *Session) Functions(ctx context.Context, function string) (*Rows, error) {
	if function == "" {
		function = "%"
	}
	return metadata(ctx, s, "GetFunctions", &hs.TCLIServiceGetFunctionsArgs{Req: &hs.TGetFunctionsReq{
		SessionHandle: s.handle, FunctionName: hs.TPatternOrIdentifier(function),
	}}, &hs.TCLIServiceGetFunctionsResult{})
}

// PrimaryKeys lists the columns of a table's primary key: COLUMN_NAME, KEY_SEQ, which Hive 2.3 and Spark spell KEQ_SEQ, and
// PK_NAME. Spark has none.
func (s *Session) PrimaryKeys(ctx context.Context, schema, table string) (*Rows, error) {
	return metadata(ctx, s, "GetPrimaryKeys", &hs.TCLIServiceGetPrimaryKeysArgs{Req: &hs.TGetPrimaryKeysReq{
		SessionHandle: s.handle, SchemaName: identifier(schema), TableName: identifier(table),
	}}, &hs.TCLIServiceGetPrimaryKeysResult{})
}

// CrossReference lists the columns of the foreign keys by which a table has another for its parent. The parent may be left
// open, by "" for its database and its name, and so may the child, except on Hive 2.3. Of the result's columns one is spelled
// KEQ_SEQ.
func (s *Session) CrossReference(ctx context.Context, parentSchema, parentTable, schema, table string) (*Rows, error) {
	return metadata(ctx, s, "GetCrossReference", &hs.TCLIServiceGetCrossReferenceArgs{Req: &hs.TGetCrossReferenceReq{
		SessionHandle: s.handle, ParentSchemaName: identifier(parentSchema), ParentTableName: identifier(parentTable),
		ForeignSchemaName: identifier(schema), ForeignTableName: identifier(table),
	}}, &hs.TCLIServiceGetCrossReferenceResult{})
}

// metadata makes a call that begins an operation, and gives its rows.
func metadata[R begun](ctx context.Context, s *Session, method string, args thrift.TStruct, result beginning[R]) (*Rows, error) {
	op := &Operation{session: s, modified: -1}
	if err := begin(ctx, op, method, args, result); err != nil {
		return nil, err
	}
	op.hasResult = true // Spark does not tell
	return op.result(ctx)
}

func pattern(text string) *hs.TPatternOrIdentifier {
	if text == "" {
		return nil
	}
	return (*hs.TPatternOrIdentifier)(&text)
}

func identifier(name string) *hs.TIdentifier {
	if name == "" {
		return nil
	}
	return (*hs.TIdentifier)(&name)
}

// EscapePattern makes a pattern that a name matches. Names of letters, digits and underscores match no other; but to
// Hive *, | and . are special too and cannot be escaped (MetadataOperation.convertPattern), so who asks for a name that
// has one of them looks through the rows for it.
func EscapePattern(name string) string { return patternEscaper.Replace(name) }

var patternEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
