package dialect

import "github.com/skep-go/skep/toolkit/compile"

// lack says which versions do not have a feature, neither in the form of the standard nor in one that is written here,
// and what to write instead.
type lack struct {
	in      versions
	instead string
}

var lacks = func() map[compile.Feature]lack {
	every := in(Hive23, Hive31, Hive40, Spark35)
	hives := in(Hive23, Hive31, Hive40)
	return map[compile.Feature]lack{
		compile.AntiJoins:       {hives, "use WHERE with Not(Exists)"}, // unless their condition is given
		compile.DistinctOns:     {every, "filter by row_number() = 1 in a query around it"},
		compile.Qualifies:       {in(Hive23, Hive31, Spark35), "filter by the function in a query around it"},
		compile.Quantifiers:     {in(Hive23, Hive31, Spark35), "use Exists, or compare with the least or the greatest by Scalar"},
		compile.Intersects:      {in(Hive23), "use WHERE with Exists, or Not(Exists)"},
		compile.SetAlls:         {in(Hive23), "count the rows of each side"},
		compile.RecursiveCTEs:   {every, "repeat the query, one level at a time"},
		compile.Locks:           {every, ""},
		compile.AggregateOrders: {every, "sort_array orders what collect_list has gathered"},
		compile.Collations:      {every, "compare lower(x)"},
		compile.InsertDefaults:  {every, "give the values"},
		compile.UpdateFroms:     {every, "use Merge"},
		compile.DeleteUsings:    {every, "use Merge"},
		compile.ChangeCTEs:      {hives, "use Subquery"}, // but for those that read from themselves, which are written where they are read
		compile.Returnings:      {every, "read the rows back"},
		compile.Indexes:         {every, "partition the table, or bucket it"},
		compile.AddConstraints:  {in(Spark35), ""},
		compile.NotEnforced:     {in(Spark35), ""},
		compile.ComputedColumns: {every, "compute them in a view, or in the query that inserts"},
		compile.Identities:      {every, "use schema.DefaultFunc, or row_number() in the query that inserts"},
	}
}()

// Supports implements [compile.Dialect].
func (d *Hive) Supports(f compile.Feature) (ok bool, instead string) {
	lack := lacks[f]
	return lack.in&in(d.version) == 0, lack.instead
}
