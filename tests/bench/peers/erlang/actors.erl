%% The works of bench_actors on Erlang/OTP. erlc actors.erl && erl -noshell -s actors main -s init stop
%% Prints one JSON object: work -> [microseconds a step, CPU microseconds a step].
-module(actors).
-export([main/0, answer/0]).

-define(ROUND_TRIPS, 500000).
-define(LIVES, 100000).
-define(SENT, 2000000).

answer() ->
    receive
        {From, N} -> From ! N, answer();
        stop -> ok
    end.

ask(_, 0) -> ok;
ask(Other, N) ->
    Other ! {self(), N},
    receive _ -> ok end,
    ask(Other, N - 1).

sink(0) -> ok;
sink(Left) -> receive _ -> sink(Left - 1) end.

cpu_ms() -> element(1, erlang:statistics(runtime)).

measure(Name, Steps, Work) ->
    Cpu = cpu_ms(),
    Start = erlang:monotonic_time(microsecond),
    Work(),
    Wall = erlang:monotonic_time(microsecond) - Start,
    io:format("\"~s\":[~.4f,~.4f],", [Name, Wall / Steps, (cpu_ms() - Cpu) * 1000 / Steps]).

wait_for(Count) -> [receive done -> ok end || _ <- lists:seq(1, Count)].

main() ->
    Me = self(),
    io:format("{"),
    erlang:garbage_collect(),
    Before = erlang:memory(processes),
    Idle = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, ?LIVES)],
    io:format("\"bytes of an idle actor\":~w,", [(erlang:memory(processes) - Before) div ?LIVES]),
    [Each ! stop || Each <- Idle],
    measure("round trip, one pair", ?ROUND_TRIPS, fun() ->
        Other = spawn(?MODULE, answer, []),
        spawn(fun() -> ask(Other, ?ROUND_TRIPS), Other ! stop, Me ! done end),
        wait_for(1)
    end),
    measure("round trip, 100 pairs", ?ROUND_TRIPS, fun() ->
        [spawn(fun() ->
            Other = spawn(?MODULE, answer, []),
            ask(Other, ?ROUND_TRIPS div 100),
            Other ! stop,
            Me ! done
        end) || _ <- lists:seq(1, 100)],
        wait_for(100)
    end),
    measure("spawn, one message, exit", ?LIVES, fun() ->
        [spawn(fun() -> receive _ -> Me ! done end end) ! go || _ <- lists:seq(1, ?LIVES)],
        wait_for(?LIVES)
    end),
    measure("4 senders, one receiver", ?SENT, fun() ->
        To = spawn(fun() -> sink(?SENT), Me ! done end),
        [spawn(fun() -> [To ! N || N <- lists:seq(1, ?SENT div 4)] end) || _ <- lists:seq(1, 4)],
        wait_for(1)
    end),
    io:format("\"threads\":2}~n").
