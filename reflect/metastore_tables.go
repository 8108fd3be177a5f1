package hivereflect

import (
	"context"

	hms "github.com/beltran/gohive/hive_metastore"
)

// catalog is where Hive has its databases.
var catalog = "hive"

// tables asks for tables and views at once. Those that are not there are left out.
func (c *metaConn) tables(ctx context.Context, db string, names []string) ([]*hms.Table, error) {
	req := &hms.GetTablesRequest{DbName: db, TblNames: names}
	if c.major >= 3 || c.major == 0 { // else a server refuses tables for inserts only; Hive 2 does not know them
		req.Capabilities = &hms.ClientCapabilities{Values: []hms.ClientCapability{hms.ClientCapability_INSERT_ONLY_TABLES}}
	}
	var res hms.ThriftHiveMetastoreGetTableObjectsByNameReqResult
	err := c.call(ctx, "get_table_objects_by_name_req", &hms.ThriftHiveMetastoreGetTableObjectsByNameReqArgs{Req: req}, &res)
	if err != nil {
		return nil, err
	}
	if res.Success == nil {
		return nil, c.nothing()
	}
	return res.Success.Tables, nil
}

// nothing is the error of a reply with neither a result nor an exception in it.
func (c *metaConn) nothing() error {
	c.garbled = true
	return errGarbled
}
