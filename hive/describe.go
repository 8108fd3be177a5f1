package hive

import (
	"context"
	"fmt"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/rpc"
)

const describeMethod = "GetResultSetMetadata"

func (op *Operation) describeArgs() *hs.TCLIServiceGetResultSetMetadataArgs {
	return &hs.TCLIServiceGetResultSetMetadataArgs{Req: &hs.TGetResultSetMetadataReq{OperationHandle: op.handle}}
}

// describe reads the columns' names and types. sent is the call if it was sent ahead, else nil.
func (op *Operation) describe(ctx context.Context, sent *rpc.Call) ([]Column, error) {
	var result hs.TCLIServiceGetResultSetMetadataResult
	err := op.do(ctx, exchange{method: describeMethod, args: op.describeArgs(), sent: sent, decode: into(&result)})
	if err != nil {
		return nil, err
	}
	if result.Success == nil {
		return nil, op.session.protocolError(describeMethod, errNoResult)
	}
	if err := checkStatus(result.Success.Status, op.statement); err != nil {
		return nil, err
	}
	var columns []Column
	for _, desc := range result.Success.GetSchema().GetColumns() {
		column, err := newColumn(desc)
		if err != nil {
			return nil, op.session.protocolError(describeMethod, err)
		}
		columns = append(columns, column)
	}
	return columns, nil
}

// newColumn reads one column's description. HiveServer2 sends one primitive entry for every type, nested ones included:
// what an ARRAY, MAP or STRUCT holds is not told (TypeDescriptor).
func newColumn(desc *hs.TColumnDesc) (Column, error) {
	types := desc.GetTypeDesc().GetTypes()
	if len(types) == 0 || types[0].PrimitiveEntry == nil {
		return Column{}, fmt.Errorf("column %q has no primitive type entry", desc.ColumnName)
	}
	entry := types[0].PrimitiveEntry
	kind, ok := kindOfTypeID(int32(entry.Type))
	if !ok {
		return Column{}, fmt.Errorf("column %q has the unknown type id %d", desc.ColumnName, entry.Type)
	}
	qualifier := func(name string) int {
		if q := entry.TypeQualifiers; q != nil && q.Qualifiers[name] != nil {
			return int(q.Qualifiers[name].GetI32Value())
		}
		return 0
	}
	c := Column{Name: desc.ColumnName, Type: Type{Kind: kind}, Comment: desc.GetComment()}
	switch kind {
	case KindChar, KindVarchar:
		c.Type.Length = qualifier("characterMaximumLength")
	case KindDecimal:
		c.Type.Precision, c.Type.Scale = qualifier("precision"), qualifier("scale")
	}
	return c, nil
}
