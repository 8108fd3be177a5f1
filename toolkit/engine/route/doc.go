// Package route executes statements on one of several servers that have the same data: a leader, which takes all that
// may write, and followers, which take what only reads.
//
//	e, err := route.New(leader, route.Options{
//		Followers: []route.Follower{{Name: "a", Engine: a}, {Name: "b", Engine: b}},
//		Sticky:    5 * time.Second,
//	})
//
// What a statement does is told by its tree ([expr.Reads]), never by its text: a text goes to the leader unless it says
// that it is ReadOnly. A [Use] in the context comes before all else. Sessions and transactions are of one server, the
// leader if no other is asked for, and all of their statements go there.
//
// Servers that have tables of their own are [Options.Bound]: what names one of these tables goes there. Followers that
// cannot be reached are left alone for a while; [Options.Probe] has them asked before a read finds out.
//
// Each server has an [engine.Engine] of its own, so each may have a dialect of its own: a statement is compiled for the
// server that it goes to.
package route
