package reflection

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestSourcesAgree: the metastore and HiveServer2 tell the same, but that Hive 2.3 tells RELY in the metastore alone.
func TestSourcesAgree(t *testing.T) {
	for _, kind := range live.Hives {
		t.Run(string(kind), func(t *testing.T) {
			i := newInspected(t, live.Shared(t, kind))
			i.run("create table plain (a int comment 'it\\'s', b array<struct<c:decimal(9,2)>>) comment 'x\\ny \\\\'",
				"create external table outside (a int) partitioned by (p string) clustered by (a) sorted by (a desc) into 3 buckets stored as orc tblproperties ('k'='a\\tb ')",
				"create table delimited (a int) row format delimited fields terminated by '|' escaped by '\\\\' null defined as 'none'",
				"create table skewed (a int, b string) skewed by (a, b) on ((1, 'x, y'), (2, ')')) stored as directories",
				"create table keyed (a int, b int, constraint agree_pk primary key (a, b) disable novalidate)",
				"create table child (a int, b int, constraint agree_fk foreign key (a, b) references keyed(a, b) disable novalidate)",
				"create view seen (x comment 'of it', y) as select a,\n 'y\tz' as c from plain")
			if live.On(live.Hive3, i.srv) { // which tells RELY in the metastore alone
				i.run("create table ruled (a int not null, b string default 'x', c int check ((c > 0) or (b = ')\\'(')), constraint agree_u unique (b, c) disable novalidate)")
			}
			if live.On(live.Hive4, i.srv) {
				i.run("create table ruled (a int not null, b string default 'x', c int check (c > 0), constraint agree_u unique (b, c) disable novalidate rely)",
					"create table acid (a int) stored as orc tblproperties ('transactional'='true')",
					"create table added (a int) stored as parquet tblproperties ('transactional'='true', 'transactional_properties'='insert_only')",
					"create materialized view kept as select a from acid", "create table `odd_%*|` (a int)")
			}
			fromHive, fromMetastore := hiveServer(t, i.Session), openMetastore(t, i.srv.MetastoreAddr())
			names := relations(t, fromHive, i.db)
			if want := relations(t, fromMetastore, i.db); !reflect.DeepEqual(names, want) {
				t.Errorf("relations: HiveServer2 tells\n%+v, the metastore\n%+v", names, want)
			}
			for _, r := range names {
				got, want := i.describe(fromHive, r.Name), i.describe(fromMetastore, r.Name)
				for n, part := range parts(got) {
					if other := parts(want); n >= len(other) || part != other[n] {
						t.Errorf("%s: HiveServer2 tells\n%s, the metastore\n%s", r.Name, part, other[min(n, len(other)-1)])
					}
				}
				if !reflect.DeepEqual(got, want) && !t.Failed() {
					t.Errorf("%s: they are not the same", r.Name)
				}
			}
		})
	}
}

func relations(t *testing.T, from schema.Inspector, in string) []schema.Relation {
	t.Helper()
	list, err := from.Relations(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// parts prints what is told of a table.
func parts(t *schema.TableInfo) []string {
	list := []string{fmt.Sprintf("%+v %q %+v", t.Relation, t.Definition, t.Constraints)}
	for _, c := range t.Columns {
		list = append(list, fmt.Sprintf("%+v", *c))
	}
	for _, a := range t.Attrs {
		list = append(list, fmt.Sprintf("%T %+v", a, a))
	}
	return list
}
