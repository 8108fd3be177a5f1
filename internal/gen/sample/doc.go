// Package sample is what package gen writes of the tables in its tests: it is compiled with them.
package sample
